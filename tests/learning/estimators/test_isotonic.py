from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.estimators.isotonic import isotonic_curve

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
