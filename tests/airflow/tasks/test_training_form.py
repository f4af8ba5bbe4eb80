"""The form of a training: what it lets through is what a training takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from praxi_airflow.settings import load_settings
from praxi_airflow.tasks.training_form import training_params
from praxi_tasks.learning.evaluation import WEIGHTS, Bars
from praxi_tasks.learning.run import read_settings

BARS = dict.fromkeys(Bars.__struct_fields__, 0.5)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *(
            ("bars", given)
            for given in ({"calibrations": 1}, BARS | {"f1": 1}, {"score": -1}, {"score": "1"})
        ),
        *(("weights", given) for given in ({"beauty": 1}, {"old": -1})),
    ],
)
def test_a_bar_or_weight_that_there_is_not_is_refused(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(ParamValidationError):
        training_params(load_settings().learning)[name].resolve(given)


def test_every_bar_and_weight_is_on_the_form() -> None:
    form = training_params(load_settings().learning)
    given = {"bars": form["bars"].resolve(BARS), "weights": form["weights"].resolve(dict(WEIGHTS))}
    settings = read_settings(json.dumps(given))
    assert (settings.bars, settings.weights) == (Bars(**BARS), WEIGHTS)
