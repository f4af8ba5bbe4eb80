"""A sparse binary matrix of samples and tokens (compressed sparse rows)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TokenTable:
    """A row for each sample, a column for each token.

    Parameters
    ----------
    ends
        Where each row ends in ``tokens``, after a leading 0, shape ``(samples + 1,)``.
    tokens
        Token numbers, row by row, ascending within a row, shape ``(entries,)``.
    width
        How many tokens there are.
    """

    ends: NDArray[np.intp]
    tokens: NDArray[np.intp]
    width: int

    @classmethod
    def of(cls, rows: Sequence[NDArray[np.intp]], width: int) -> TokenTable:
        """Make a table of rows of ascending token numbers, shape ``(entries,)`` each."""
        ends = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.intp)))
        return cls(ends, np.concatenate(rows) if rows else np.empty(0, np.intp), width)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __add__(self, other: TokenTable) -> TokenTable:
        ends = np.concatenate([self.ends, self.ends[-1] + other.ends[1:]])
        return TokenTable(ends, np.concatenate([self.tokens, other.tokens]), self.width)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """How many tokens each row has, shape ``(samples,)``."""
        return np.diff(self.ends)

    def counts(self) -> NDArray[np.intp]:
        """Return how many rows have each token, shape ``(width,)``."""
        return np.bincount(self.tokens, minlength=self.width)

    def together(self, truth: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return how many rows have both a token and a label, shape ``(width, labels)``.

        Parameters
        ----------
        truth
            Which samples have which labels, shape ``(samples, labels)``.
        """
        rows, labels = np.nonzero(truth)
        found = _slices(self.ends, rows)
        met = np.zeros((self.width, truth.shape[1]), np.float32)
        np.add.at(met, (self.tokens[found.places], labels[found.owners]), 1)
        return met

    def unions(self, rows: NDArray[np.intp], sizes: NDArray[np.intp]) -> TokenTable:
        """Return unions of rows: of the first ``sizes[0]`` of ``rows``, of the next ``sizes[1]``, and so on.

        Parameters
        ----------
        rows
            Row numbers, shape ``(sizes.sum(),)``.
        sizes
            How many rows each union has, shape ``(unions,)``.
        """
        found = _slices(self.ends, rows)
        made = np.repeat(np.arange(len(sizes)), sizes)[found.owners]
        width = max(self.width, 1)
        # Sorted, not np.unique: that hashes first, and takes ten times as long.
        pairs = np.sort(made * width + self.tokens[found.places])
        distinct = pairs[np.diff(pairs, prepend=-1) != 0]
        ends = np.searchsorted(distinct, np.arange(len(sizes) + 1) * width)
        return TokenTable(ends, distinct % width, self.width)

    def keep(self, retained: NDArray[np.bool_]) -> TokenTable:
        """Return the table with some of its entries, by a mask of shape ``(entries,)``."""
        ends = np.concatenate(([0], np.cumsum(retained)))[self.ends]
        return TokenTable(ends, self.tokens[retained], self.width)

    def columns(self) -> Columns:
        """Return the transposed table, for reading it by tokens."""
        rows = np.repeat(np.arange(len(self)), self.sizes)
        ends = np.concatenate(([0], np.cumsum(self.counts())))
        return Columns(ends, rows[np.argsort(self.tokens, kind="stable")], len(self))


class Columns(NamedTuple):
    """A transposed table (compressed sparse columns).

    ``ends`` is of shape ``(tokens + 1,)``, ``rows`` of shape ``(entries,)``: the rows that have each token.
    """

    ends: NDArray[np.intp]
    rows: NDArray[np.intp]
    height: int

    def dense(self, tokens: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some columns as 0 and 1, shape ``(height, len(tokens))``."""
        found = _slices(self.ends, tokens)
        full = np.zeros((self.height, len(tokens)), np.float32)
        full[self.rows[found.places], found.owners] = 1
        return full


class _Slices(NamedTuple):
    """Concatenated indices of some slices, and the slice that each belongs to; shape ``(total,)`` each."""

    places: NDArray[np.intp]
    owners: NDArray[np.intp]


def _slices(ends: NDArray[np.intp], chosen: NDArray[np.intp]) -> _Slices:
    lengths = np.diff(ends)[chosen]
    owners = np.repeat(np.arange(len(chosen)), lengths)
    inside = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _Slices(ends[chosen][owners] + inside, owners)
