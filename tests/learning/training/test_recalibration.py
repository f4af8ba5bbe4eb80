"""A scorer whose confidence is off gets a better curve, and no worse one."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery import Model, Release
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.training import make_scorer, recalibrate
from praxi_tasks.learning.training.recalibration import LEAST_PACKAGES
from tests.support import world


def many(count: int) -> list[Release]:
    """Return releases of as many packages."""
    return [world.release(f"lib{number}", "1.0", 6 + number % 20) for number in range(count)]


@pytest.fixture(scope="module")
def model() -> Model:
    releases = many(LEAST_PACKAGES + 20)
    scorer = make_scorer((), None, releases, np.random.default_rng(1), layers=60)
    return Model([build_catalogue(releases)], scorer)


def off_by(model: Model, knots: list[float], levels: list[float]) -> Model:
    return model.replaced(scorer=model.scorer.calibrated(np.array(knots), np.array(levels)))


def test_a_curve_that_is_off_is_replaced_and_nothing_else(model: Model) -> None:
    off = off_by(model, [0.0, 1.0], [0.3, 0.6])
    made, message = recalibrate(off, many(LEAST_PACKAGES + 20), np.random.default_rng(2))
    assert "its error goes from 0.4" in message
    assert made.scorer.to_bytes() != off.scorer.to_bytes()
    assert [part.to_bytes() for part in made.parts] == [part.to_bytes() for part in off.parts]
    again, message = recalibrate(made, many(LEAST_PACKAGES + 20), np.random.default_rng(2))
    assert again is made
    assert "was not calibrated anew" in message


def test_few_packages_calibrate_nothing(model: Model) -> None:
    made, message = recalibrate(model, many(LEAST_PACKAGES - 1), np.random.default_rng(2))
    assert made is model
    assert f"{LEAST_PACKAGES} are needed" in message


def test_how_few_are_too_few_can_be_said(model: Model) -> None:
    few = many(LEAST_PACKAGES - 1)
    _, message = recalibrate(off_by(model, [0.0, 1.0], [0.3, 0.6]), few, np.random.default_rng(2), least=2)
    assert "its error goes from 0.4" in message
