"""Calibration of confidence: fitting and applying the curve, and measuring the error that is left.

A scorer's raw probability becomes a confidence by isotonic regression (Zadrozny and Elkan, "Transforming
classifier scores into accurate multiclass probability estimates", KDD 2002). What is left is measured as the
expected calibration error over bins of equal width (Naeini, Cooper and Hauskrecht, "Obtaining well calibrated
probabilities using Bayesian binning", AAAI 2015).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
"""Numbers of shape ``(n,)``."""

BINS: Final = 10
"""How many bins of equal width [0, 1] is divided into."""

BOUNDS: Final = (0.0005, 0.9995)
"""No confidence is below or above these: no finite sample proves certainty."""


class Bin(NamedTuple):
    """One point of a reliability diagram.

    ``confidence`` is the mean confidence in the bin, ``frequency`` the share that was right, ``size`` the
    number of predictions.
    """

    confidence: float
    frequency: float
    size: int


def fit_calibration(raw: Values, present: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Fit the curve from raw probabilities to how often they were right.

    Parameters
    ----------
    raw
        Raw probabilities, shape ``(n,)``.
    present
        Whether each was right, shape ``(n,)``.

    Returns
    -------
    knots, levels
        The curve's corners, shape ``(k,)`` each; empty where all of the sample is of one class.
    """
    if len(np.unique(present)) < 2:
        return np.empty(0, np.float64), np.empty(0, np.float64)
    return isotonic_curve(raw, present.astype(np.float64), low=BOUNDS[0], high=BOUNDS[1])


def calibrate(raw: Values, knots: Values, levels: Values) -> Values:
    """Apply a fitted curve: raw probabilities of shape ``(n,)`` in, confidences of the same shape out.

    Between the ``knots`` the curve is straight; without any the probabilities stay as they are.
    """
    return np.interp(raw, knots, levels) if len(knots) else raw


def isotonic_curve(x: Values, y: Values, *, low: float, high: float) -> tuple[Values, Values]:
    """Fit the non-decreasing curve with the least squared error (isotonic regression).

    Parameters
    ----------
    x, y
        The points, shape ``(n,)`` each, in any order.
    low, high
        Bounds of the curve's height.

    Returns
    -------
    places, heights
        The curve's corners, shape ``(k,)`` each; between them it is straight.
    """
    places, groups = np.unique(x, return_inverse=True)
    weights = np.bincount(groups).astype(np.float64)
    heights = np.clip(_pool_adjacent_violators(np.bincount(groups, y) / weights, weights), low, high)
    before, after = np.diff(heights, prepend=np.nan), np.diff(heights, append=np.nan)
    corners = (before != 0) | (after != 0)
    return places[corners], heights[corners]


def _pool_adjacent_violators(heights: Values, weights: Values) -> Values:
    """Replace neighbours that do not rise by their weighted mean, until all do.

    The pool-adjacent-violators algorithm, PAVA (Barlow, Bartholomew, Bremner and Brunk, "Statistical
    Inference under Order Restrictions", 1972), in one pass with a stack.
    """
    blocks: list[tuple[float, float, int]] = []
    for height, weight in zip(heights.tolist(), weights.tolist(), strict=True):
        block = (height, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, mass, count = blocks.pop()
            total = mass + block[1]
            block = ((mean * mass + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])


def reliability_diagram(confidence: Values, right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return how often confidences of each bin were right, for the bins that hold any.

    Parameters
    ----------
    confidence
        In [0, 1], shape ``(n,)``.
    right
        Whether each was right, shape ``(n,)``.
    """
    bins = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    diagram = []
    for number in np.unique(bins).tolist():
        inside = bins == number
        diagram.append(Bin(float(confidence[inside].mean()), float(right[inside].mean()), int(inside.sum())))
    return tuple(diagram)


def calibration_error(diagram: tuple[Bin, ...]) -> float:
    """Return the expected calibration error (ECE): the bins' gaps, weighted by their sizes; 0 of no bins."""
    total = max(sum(each.size for each in diagram), 1)
    return sum(abs(each.confidence - each.frequency) * each.size for each in diagram) / total


def overconfidence(diagram: tuple[Bin, ...]) -> float:
    """Return the part of the calibration error by which confidence exceeds accuracy; 0 of no bins."""
    total = max(sum(each.size for each in diagram), 1)
    return sum(max(each.confidence - each.frequency, 0.0) * each.size for each in diagram) / total
