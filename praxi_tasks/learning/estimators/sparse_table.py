"""Which tokens each of many samples has: a sparse table of zeros and ones."""

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
        Where each row ends in ``tokens``, after a leading 0.
    tokens
        The numbers of the tokens that are there, row by row, ascending within a row.
    width
        How many tokens there are.
    """

    ends: NDArray[np.intp]
    tokens: NDArray[np.intp]
    width: int

    @classmethod
    def of(cls, rows: Sequence[NDArray[np.intp]], width: int) -> TokenTable:
        """Make a table of rows of ascending token numbers."""
        ends = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.intp)))
        return cls(ends, np.concatenate(rows) if rows else np.empty(0, np.intp), width)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __add__(self, other: TokenTable) -> TokenTable:
        ends = np.concatenate([self.ends, self.ends[-1] + other.ends[1:]])
        return TokenTable(ends, np.concatenate([self.tokens, other.tokens]), self.width)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """How many tokens each row has."""
        return np.diff(self.ends)

    def counts(self) -> NDArray[np.intp]:
        """Return how many rows have each token."""
        return np.bincount(self.tokens, minlength=self.width)

    def together(self, truth: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return in how many rows each token (rows) meets each label (columns of ``truth``)."""
        rows, labels = np.nonzero(truth)
        found = _slices(self.ends, rows)
        met = np.zeros((self.width, truth.shape[1]), np.float32)
        np.add.at(met, (self.tokens[found.places], labels[found.owners]), 1)
        return met

    def unions(self, rows: NDArray[np.intp], sizes: NDArray[np.intp]) -> TokenTable:
        """Return rows put together: the first ``sizes[0]`` of ``rows`` into one, and so on."""
        found = _slices(self.ends, rows)
        made = np.repeat(np.arange(len(sizes)), sizes)[found.owners]
        width = max(self.width, 1)
        # Sorted, not np.unique: that hashes first, and takes ten times as long.
        pairs = np.sort(made * width + self.tokens[found.places])
        distinct = pairs[np.diff(pairs, prepend=-1) != 0]
        ends = np.searchsorted(distinct, np.arange(len(sizes) + 1) * width)
        return TokenTable(ends, distinct % width, self.width)

    def keep(self, retained: NDArray[np.bool_]) -> TokenTable:
        """Return the table with those of its tokens, counted row by row, that are kept."""
        ends = np.concatenate(([0], np.cumsum(retained)))[self.ends]
        return TokenTable(ends, self.tokens[retained], self.width)

    def columns(self) -> Columns:
        """Return the table turned, for reading it by tokens."""
        rows = np.repeat(np.arange(len(self)), self.sizes)
        ends = np.concatenate(([0], np.cumsum(self.counts())))
        return Columns(ends, rows[np.argsort(self.tokens, kind="stable")], len(self))


class Columns(NamedTuple):
    """A table turned: ``rows`` that have each token, token by token; ``ends`` as a table's."""

    ends: NDArray[np.intp]
    rows: NDArray[np.intp]
    height: int

    def dense(self, tokens: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some columns as a full table of 0 and 1."""
        found = _slices(self.ends, tokens)
        full = np.zeros((self.height, len(tokens)), np.float32)
        full[self.rows[found.places], found.owners] = 1
        return full


class _Slices(NamedTuple):
    """Places of the chosen slices one after another, and to which of the choices each belongs."""

    places: NDArray[np.intp]
    owners: NDArray[np.intp]


def _slices(ends: NDArray[np.intp], chosen: NDArray[np.intp]) -> _Slices:
    lengths = np.diff(ends)[chosen]
    owners = np.repeat(np.arange(len(chosen)), lengths)
    inside = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _Slices(ends[chosen][owners] + inside, owners)
