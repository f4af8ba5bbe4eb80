"""Isotonic regression: the rising steps that lie closest to some points (pool adjacent violators)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def isotonic_curve(x: Values, y: Values, *, low: float, high: float) -> tuple[Values, Values]:
    """Return the corners of the rising curve with the least squared error; between them it is straight.

    Parameters
    ----------
    x, y
        The points, in any order.
    low, high
        Bounds of the curve's height.
    """
    places, groups = np.unique(x, return_inverse=True)
    weights = np.bincount(groups).astype(np.float64)
    heights = np.clip(_pooled(np.bincount(groups, y) / weights, weights), low, high)
    before, after = np.diff(heights, prepend=np.nan), np.diff(heights, append=np.nan)
    corners = (before != 0) | (after != 0)
    return places[corners], heights[corners]


def _pooled(heights: Values, weights: Values) -> Values:
    """Merge neighbours that fall into their weighted mean, until none does."""
    blocks: list[tuple[float, float, int]] = []
    for height, weight in zip(heights.tolist(), weights.tolist(), strict=True):
        block = (height, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, mass, count = blocks.pop()
            total = mass + block[1]
            block = ((mean * mass + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])
