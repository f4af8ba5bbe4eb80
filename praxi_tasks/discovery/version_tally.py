"""Counts for each version of a package how many of its paths are in a mask of the package's contents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents


class VersionTally:
    """Counts paths by version, each once.

    A version has several contents of a path where packs know it by digests of several kinds, or by wheels for
    several interpreters.

    Parameters
    ----------
    contents
        Of the package, ``rows`` of them.
    count
        How many versions it has.
    """

    def __init__(self, contents: PackageContents, count: int) -> None:
        self._contents, self.count = contents, count
        self._row_of = np.repeat(np.arange(len(contents.keys)), np.diff(contents.holder_starts))
        self._path_of = _number_paths(contents.keys)
        self._pairs = self._path_of[self._row_of] * count + contents.holders
        self._is_distinct = _are_distinct(self._path_of[self._row_of], contents.holders)

    def paths(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many paths of each version are in a mask of rows, shape ``(versions,)``."""
        pairs = self._pairs[mask[self._row_of]]
        return self._by_version(pairs if self._is_distinct else np.unique(pairs), None)

    def sizes(self, mask: NDArray[np.bool_], sizes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the sum of the sizes of these paths, in bytes; mask and sizes of shape ``(rows,)``."""
        chosen = np.flatnonzero(mask[self._row_of])
        pairs, first = np.unique(self._pairs[chosen], return_index=True)
        return self._by_version(pairs, sizes[self._row_of[chosen[first]]].astype(np.float64))

    @property
    def varying(self) -> NDArray[np.bool_]:
        """Which rows are of a path that each of several versions has otherwise, shape ``(rows,)``."""
        keys, starts = self._contents.keys, self._contents.holder_starts
        if not len(keys):
            return np.zeros(0, np.bool_)
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        holder = self._contents.holders[starts[:-1]]
        several = np.minimum.reduceat(holder, first) != np.maximum.reduceat(holder, first)
        alone = np.logical_and.reduceat(np.diff(starts) == 1, first)
        return np.asarray((alone & several)[self._path_of])

    def _by_version(self, pairs: NDArray[np.int64], weights: NDArray[np.float64] | None) -> NDArray[np.int64]:
        return np.asarray(np.bincount(pairs % self.count, weights, self.count), np.int64)


def _are_distinct(paths: NDArray[np.int64], holders: NDArray[np.uint16]) -> bool:
    """Return whether surely no version holds a path twice; paths are sorted, both of shape ``(pairs,)``."""
    if not len(paths):
        return True
    first = np.flatnonzero(np.append(True, paths[1:] != paths[:-1]))
    held = np.bitwise_or.reduceat(np.uint64(1) << (holders.astype(np.uint64) & np.uint64(63)), first)
    return int(np.bitwise_count(held).sum()) == len(paths)


def _number_paths(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Number sorted keys from 0, equal ones alike, shape ``(rows,)``."""
    return np.cumsum(np.append(False, keys[1:] != keys[:-1])[: len(keys)])
