"""Candidates that share paths: which of them explains a path, and which nothing distinguishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 3


class Rivals:
    """The pairs of a layer's paths and the candidates that have them.

    Parameters
    ----------
    key
        The path of each pair, ascending, shape ``(pairs,)``.
    candidate
        Its candidate, shape ``(pairs,)``.
    candidates
        How many candidates there are: ``n`` below.
    """

    def __init__(self, key: NDArray[np.intp], candidate: NDArray[np.intp], candidates: int) -> None:
        self._key, self._candidate, self._candidates = key, candidate, candidates
        self._winner = np.zeros(0, np.bool_)

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Count each candidate's pairs that are in ``mask`` (shape ``(pairs,)``); shape ``(n,)``."""
        return np.bincount(self._candidate[mask], minlength=self._candidates).astype(np.float64)

    def alone(self) -> NDArray[np.bool_]:
        """Return which pairs have a path that no other candidate has, shape ``(pairs,)``."""
        alone: NDArray[np.bool_] = np.bincount(self._key)[self._key] == 1
        return alone

    def explain_away(
        self, coverage: NDArray[np.float64], hits: NDArray[np.float64], counts: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Assign each path to the strongest candidates that have it, for :data:`ROUNDS` rounds.

        Parameters
        ----------
        coverage, hits
            Of each candidate, shape ``(n,)``.
        counts
            Which pairs count as hits, shape ``(pairs,)``.

        Returns
        -------
        retained
            How many paths each candidate retains, shape ``(n,)``; candidates of equal strength all retain a
            path.
        indistinguishable
            The mean number of candidates that retain the same paths, itself included, shape ``(n,)``.
        """
        if not len(self._key):
            return hits, np.ones(len(hits))
        begins = np.flatnonzero(np.append(True, self._key[1:] != self._key[:-1]))
        lengths = np.diff(np.append(begins, len(self._key)))
        retained = hits
        for _ in range(ROUNDS):
            strength = np.round(coverage * retained / np.maximum(hits, 1), 6) + 1e-9 * retained
            mine = np.where(retained > 0, strength, -1)[self._candidate]
            winner = mine >= np.repeat(np.maximum.reduceat(mine, begins), lengths)
            retained = self.count(winner & counts)
        self._winner = winner
        rivals = np.repeat(np.add.reduceat(winner.astype(np.float64), begins), lengths)
        shared = np.bincount(self._candidate[winner], rivals[winner], len(hits))
        return retained, shared / np.maximum(self.count(winner), 1)

    def indistinguishable(self, names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return groups of candidates that retain exactly the same paths, the shortest name first.

        Parameters
        ----------
        names
            Of the candidates, shape ``(n,)``.
        """
        winner = self._winner
        together = np.bincount(self._key[winner])
        contested = np.flatnonzero(winner & (together[self._key] > 1))
        retained: dict[int, list[int]] = {}
        for pair in contested.tolist():
            retained.setdefault(int(self._candidate[pair]), []).append(int(self._key[pair]))
        groups: dict[tuple[int, ...], list[int]] = {}
        for candidate, keys in retained.items():
            groups.setdefault(tuple(keys), []).append(candidate)
        return tuple(
            tuple(sorted(group, key=lambda place: (len(names[place]), names[place])))
            for group in groups.values()
            if len(group) > 1
        )

    def coverage_beside(self, coverage: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the coverage of the best other candidate that shares a path with each, shape ``(n,)``."""
        rival = np.zeros(self._candidates)
        order = np.lexsort((-coverage[self._candidate], self._key))
        key, candidate = self._key[order], self._candidate[order]
        first = np.ones(len(key), np.bool_)
        first[1:] = key[1:] != key[:-1]
        start = np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
        leader = candidate[start]
        others = ~first
        np.maximum.at(rival, candidate[others], coverage[leader[others]])
        second = np.flatnonzero(others & np.append(True, first[:-1])) if len(first) else start
        np.maximum.at(rival, leader[second], coverage[candidate[second]])
        return rival
