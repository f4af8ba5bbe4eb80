from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.errors import TrainingError
from praxi_tasks.learning.estimators.xgboost_c import train_booster

PARAMETERS = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "max_depth": 3,
    "nthread": 1,
    "seed": 0,
    "monotone_constraints": "(1,0,0,0)",
}


def test_the_bytes_are_those_of_the_python_package() -> None:
    import xgboost

    rng = np.random.default_rng(3)
    table = rng.random((300, 4), np.float32)
    table[rng.random(table.shape) < 0.1] = np.nan
    truth = np.nan_to_num(table[:, 0]) + rng.random(300) > 0.9
    theirs = xgboost.train(PARAMETERS, xgboost.DMatrix(table, truth), 12).save_raw("ubj")
    assert train_booster(table, truth, PARAMETERS, 12) == bytes(theirs)


def test_a_table_that_is_a_view_is_read_as_it_looks() -> None:
    rng = np.random.default_rng(4)
    wide = rng.random((50, 8), np.float32)
    truth = wide[:, 2] > 0.5
    parameters = {"objective": "binary:logistic", "nthread": 1}
    view = train_booster(wide[:, ::2], truth, parameters, 3)
    assert view == train_booster(wide[:, ::2].copy(), truth, parameters, 3)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [({"objective": "no:such"}, "no:such"), ({"max_depth": "deep"}, "max_depth")],
)
def test_what_the_library_refuses_is_an_error_that_says_so(parameters: dict[str, str], told: str) -> None:
    table = np.ones((4, 1), np.float32)
    with pytest.raises(TrainingError, match=told):
        train_booster(table, np.array([True, False, True, False]), parameters, 1)


def test_rows_without_a_label_each_are_refused() -> None:
    with pytest.raises(TrainingError):
        train_booster(np.ones((4, 1), np.float32), np.array([True]), PARAMETERS | {"nthread": 1}, 1)
