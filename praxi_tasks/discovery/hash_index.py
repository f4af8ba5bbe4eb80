"""Sorted hashes with a table of where each prefix begins: a look-up reads one short run instead of searching.

Hashes are spread evenly, so the first bits of one tell within a few places where it is. A binary search in
tens of millions of hashes that are mapped from the disk costs a page for most of its steps; this costs two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.version_contents import run_indices

_PER_PREFIX: Final = 8
"""How many hashes have a prefix in common, at most on average: the table has 4 bytes for 4 to 8 of them."""


@dataclass(frozen=True, eq=False)
class HashIndex:
    """Finds hashes among sorted ones, which may repeat.

    Parameters
    ----------
    hashes
        Sorted, shape ``(n,)``.
    starts
        Where the hashes of each prefix begin, and at the end how many there are, shape ``(2**bits + 1,)``;
        ``None`` where nobody made the table: then hashes are searched for.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.uint32] | None = None

    def find(self, wanted: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the pairs of wanted hashes and the places where they are.

        Parameters
        ----------
        wanted
            Shape ``(w,)``.

        Returns
        -------
        which, places
            Indices of ``wanted``, ascending, and of ``hashes``, shape ``(pairs,)`` each.
        """
        first, counts = self._runs(wanted) if self.starts is None else self._prefixes(self.starts, wanted)
        which = np.repeat(np.arange(len(wanted)), counts)
        places = run_indices(first, counts)
        same = self.hashes[places] == wanted[which]
        return which[same], places[same]

    def has(self, wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which hashes are there; input and result of shape ``(w,)``."""
        found = np.zeros(len(wanted), np.bool_)
        found[self.find(wanted)[0]] = True
        return found

    def fits(self) -> bool:
        """Return whether the table is the one that :func:`prefix_starts` makes."""
        return self.starts is None or np.array_equal(self.starts, prefix_starts(self.hashes))

    @staticmethod
    def _prefixes(
        starts: NDArray[np.uint32], wanted: NDArray[np.uint64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where the hashes with each one's prefix begin, and how many there are, shape ``(w,)``."""
        bits = (len(starts) - 1).bit_length() - 1
        prefix = (wanted >> np.uint64(64 - bits)).astype(np.intp)
        first = starts[prefix].astype(np.intp)
        return first, starts[prefix + 1] - first

    def _runs(self, wanted: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the same by binary search, of those hashes alone that are equal."""
        first = np.searchsorted(self.hashes, wanted)
        counts = np.zeros(len(wanted), np.intp)
        hit = np.flatnonzero(first < len(self.hashes))
        hit = hit[self.hashes[first[hit]] == wanted[hit]]
        counts[hit] = np.searchsorted(self.hashes, wanted[hit], side="right") - first[hit]
        return first, counts


def prefix_starts(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return where the hashes of each prefix begin; see :class:`HashIndex`.

    Parameters
    ----------
    hashes
        Sorted, shape ``(n,)``.
    """
    bits = max((len(hashes) // _PER_PREFIX).bit_length(), 1)
    prefixes = (np.asarray(hashes) >> np.uint64(64 - bits)).astype(np.intp)
    counts = np.bincount(prefixes, minlength=1 << bits)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
