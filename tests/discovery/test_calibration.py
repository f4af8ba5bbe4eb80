"""Confidence: the fitted curve is scikit-learn's, and the error is the published one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery.calibration import (
    BOUNDS,
    calibrate,
    calibration_error,
    fit_calibration,
    isotonic_curve,
    reliability_diagram,
)

POINTS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=40)


@given(POINTS)
def test_the_curve_is_the_one_that_scikit_learn_finds(points: list[tuple[int, bool]]) -> None:
    from sklearn.isotonic import IsotonicRegression

    x, y = (np.array(column, np.float64) for column in zip(*points, strict=True))
    places, heights = isotonic_curve(x, y, low=0.01, high=0.99)
    theirs = IsotonicRegression(y_min=0.01, y_max=0.99).fit(x, y)
    everywhere = np.linspace(x.min(), x.max(), 50)
    assert np.allclose(np.interp(everywhere, places, heights), theirs.predict(everywhere))
    assert (np.diff(places) > 0).all()
    assert (np.diff(heights) >= 0).all()


def test_inner_points_of_a_flat_step_are_left_out() -> None:
    x = np.arange(6, dtype=np.float64)
    places, heights = isotonic_curve(x, np.array([0.0, 0, 0, 1, 1, 1]), low=0.0, high=1.0)
    assert (places.tolist(), heights.tolist()) == ([0, 2, 3, 5], [0, 0, 1, 1])


def test_a_sample_of_one_class_fits_no_curve() -> None:
    raw = np.array([0.2, 0.7])
    knots, levels = fit_calibration(raw, np.array([True, True]))
    assert not len(knots)
    assert calibrate(raw, knots, levels).tolist() == raw.tolist()


@given(POINTS)
def test_no_confidence_is_certain(points: list[tuple[int, bool]]) -> None:
    places, present = zip(*points, strict=True)
    raw = np.array(places, np.float64) / 12
    knots, levels = fit_calibration(raw, np.array(present))
    if len(set(present)) == 2:
        confidence = calibrate(raw, knots, levels)
        assert confidence.min() >= BOUNDS[0]
        assert confidence.max() <= BOUNDS[1]


def test_the_error_weighs_the_gap_of_each_bin_by_its_count() -> None:
    confidence = np.array([0.1, 0.1, 0.1, 0.95, 1.0])
    right = np.array([False, False, True, True, True])
    diagram = reliability_diagram(confidence, right)
    assert [each.size for each in diagram] == [3, 2]
    assert [each.confidence for each in diagram] == pytest.approx([0.1, 0.975])
    assert [each.frequency for each in diagram] == pytest.approx([1 / 3, 1])
    assert calibration_error(diagram) == pytest.approx(3 / 5 * (1 / 3 - 0.1) + 2 / 5 * 0.025)


def test_nothing_predicted_is_no_error() -> None:
    assert calibration_error(reliability_diagram(np.empty(0), np.empty(0, np.bool_))) == 0.0
