"""Boosted trees as arrays: the decisions of XGBoost without its start-up time and memory."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.ubjson import read_ubjson
from praxi_tasks.errors import CorruptObjectError

_ROWS: Final = 512
"""How many rows are evaluated at once, so that the working arrays stay in the processor's cache."""


class Trees:
    """A binary ``logistic`` booster, read from the UBJSON that XGBoost saved.

    Parameters
    ----------
    data
        The bytes of ``Booster.save_raw("ubj")``.

    Raises
    ------
    CorruptObjectError
        If they are not those of such a booster.
    """

    def __init__(self, data: bytes) -> None:
        document = read_ubjson(data)
        try:
            self._build(document["learner"])
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
            raise CorruptObjectError("a booster lacks a part", action="build the model again") from error

    def _build(self, learner: dict[str, Any]) -> None:
        parameters = learner["learner_model_param"]
        self.features = int(parameters["num_feature"])
        base = float(str(parameters["base_score"]).strip("[]"))
        if not 0 < base < 1:
            raise ValueError("its base is no probability")
        self._base = float(np.log(base / (1 - base)))
        trees = learner["gradient_booster"]["model"]["trees"]
        sizes = [len(tree["left_children"]) for tree in trees]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.intp)
        self._roots = offsets[:-1]
        left = _columns(trees, "left_children").astype(np.intp)
        right = _columns(trees, "right_children").astype(np.intp)
        shift = np.repeat(offsets[:-1], sizes)
        leaf = left < 0
        own = np.arange(len(left))
        left = np.where(leaf, own, left + shift)  # a leaf leads to itself: all rows take equally many steps
        right = np.where(leaf, own, right + shift)
        feature = np.where(leaf, 0, _columns(trees, "split_indices").astype(np.intp))
        self._value = _columns(trees, "split_conditions").astype(np.float32)
        default_left = _columns(trees, "default_left").astype(np.bool_)
        if not len(left) == len(right) == len(feature) == len(self._value) == len(default_left):
            raise ValueError("a tree's columns differ in length")
        self._depth = _depth(left, right, self._roots)
        if not (_within(feature, self.features) and _within(left, len(own)) and _within(right, len(own))):
            raise ValueError("a tree points outside itself")
        # Each row is doubled, missing values as +inf in one half and -inf in the other, so that one
        # comparison serves both default directions.
        self._feature = feature + self.features * default_left
        self._children = np.stack([right, left], axis=1).ravel()

    def margin(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the log-odds of each row of features, shape ``(n,)``.

        Parameters
        ----------
        table
            Features, shape ``(n, features)``; NaN stands for missing.
        """
        parts = [self._walk(table[start : start + _ROWS]) for start in range(0, len(table), _ROWS)]
        return self._base + np.concatenate([np.empty(0), *parts])

    def _walk(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        missing = np.isnan(table)
        halves = [np.where(missing, infinity, table) for infinity in (np.inf, -np.inf)]
        values = np.concatenate(halves, axis=1).ravel()
        row = np.arange(len(table))[:, None] * (2 * table.shape[1])
        node = np.broadcast_to(self._roots, (len(table), len(self._roots)))
        for _ in range(self._depth):
            left = values.take(row + self._feature.take(node)) < self._value.take(node)
            node = self._children.take(2 * node + left)
        return np.asarray(self._value.take(node).sum(axis=1, dtype=np.float64))

    def probability(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability that each row is positive, shape ``(n,)``; see :meth:`margin`."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.margin(table), -50, 50))))


def _within(numbers: NDArray[np.intp], bound: int) -> bool:
    return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < bound)


def _columns(trees: list[dict[str, Any]], name: str) -> NDArray[Any]:
    return np.concatenate([np.asarray(tree[name]) for tree in trees]) if trees else np.empty(0)


def _depth(left: NDArray[np.intp], right: NDArray[np.intp], roots: NDArray[np.intp]) -> int:
    """Return the depth of the deepest leaf.

    Raises
    ------
    ValueError
        If the nodes form a cycle.
    """
    level, depth = roots, 0
    while len(level := level[left[level] != level]):
        level = np.concatenate([left[level], right[level]])
        depth += 1
        if depth > 64 or len(level) > len(left):
            raise ValueError("a tree has a circle")
    return depth
