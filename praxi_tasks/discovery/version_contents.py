"""Tables of contents: which path has which size and content in which versions of a package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """The columns of the same names of a :class:`~praxi_tasks.discovery.catalogue.Catalogue`."""

    row_starts: NDArray[np.uint32]
    row_keys: NDArray[np.uint64]
    row_sizes: NDArray[np.uint64]
    row_hashes: NDArray[np.uint64]
    row_core: NDArray[np.bool_]
    holder_starts: NDArray[np.uint32]
    holders: NDArray[np.uint16]

    @classmethod
    def empty(cls, count: int) -> Contents:
        """Return the tables of ``count`` packages whose contents are unknown."""
        long, short = np.empty(0, np.uint64), np.empty(0, np.uint16)
        return cls(
            np.zeros(count + 1, np.uint32), long, long, long, np.empty(0, np.bool_), run_bounds([]), short
        )

    def columns(self) -> dict[str, Any]:
        """Return the columns by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def fold_contents(
    package: NDArray[Any],
    version: NDArray[Any],
    key: NDArray[Any],
    size: NDArray[Any],
    hashed: NDArray[Any],
    core: NDArray[Any],
    *,
    count: int,
) -> Contents:
    """Fold a row for each file of each version into a row for each distinct content of a path.

    Parameters
    ----------
    package, version
        The package's number, and the version's within the package, shape ``(n,)`` each.
    key, size, hashed, core
        Of the file, shape ``(n,)`` each; see :class:`~praxi_tasks.discovery.catalogue.Catalogue`.
    count
        How many packages there are.
    """
    order = np.lexsort((version, hashed, size, key, package))
    package, version, key = package[order], version[order].astype(np.uint16), key[order]
    size, hashed = size[order], hashed[order]
    again = np.zeros(len(order), np.bool_)
    again[1:] = _same(package, key, size, hashed)
    double = again.copy()
    double[1:] &= version[1:] == version[:-1]
    first = np.flatnonzero(~again)
    group = np.cumsum(~again) - 1
    holders = version[~double]
    return Contents(
        row_starts=run_bounds(np.bincount(package[first].astype(np.intp), minlength=count)),
        row_keys=key[first],
        row_sizes=size[first],
        row_hashes=hashed[first],
        row_core=core[order][first],
        holder_starts=run_bounds(np.bincount(group[~double], minlength=len(first))),
        holders=holders,
    )


def _same(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which rows equal the one before in all columns, shape ``(rows - 1,)``."""
    same = np.ones(max(len(columns[0]) - 1, 0), np.bool_)
    for column in columns:
        same &= column[1:] == column[:-1]
    return same


def run_bounds(counts: Sequence[int] | NDArray[Any]) -> NDArray[np.uint32]:
    """Return where runs of given lengths start, and where the last ends, shape ``(len(counts) + 1,)``."""
    return np.concatenate(([0], np.cumsum(np.asarray(counts, np.uint64)))).astype(np.uint32)


def run_indices(begins: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.intp]:
    """Return the indices that runs cover, one run after another.

    Parameters
    ----------
    begins, lengths
        Where each run begins and how long it is, shape ``(runs,)`` each.
    """
    ends = np.cumsum(lengths, dtype=np.intp)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(begins.astype(np.intp) - ends + lengths.astype(np.intp), lengths)
