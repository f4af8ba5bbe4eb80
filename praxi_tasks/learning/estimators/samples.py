"""Labelled samples that experts are trained on: a row each, a column for every token that occurs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from praxi_tasks.discovery import Tokenizer, distinct_tokens, in_sorted
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import pack_arrays, pack_texts, unpack_arrays, unpack_texts
from praxi_tasks.learning.data import Recording
from praxi_tasks.learning.estimators.sparse_table import TokenTable
from praxi_tasks.store.frames import unpack_frame

PROTOCOL: Final = 1
RETAINED_PER_LABEL: Final = 5
"""How many samples of a label a model retains: with five, experts are as good as with twenty."""

_KIND: Final = "samples"
_STORED: Final = {
    "counts": "<u4", "labels": "|u1", "vocabulary": "<u8", "sizes": "<u4", "tokens": "<u4",
    "true_rows": "<u4", "true_labels": "<u4",
}  # fmt: skip
_MAX_BYTES: Final = 1 << 30


class Samples:
    """Samples as a sparse table.

    Parameters
    ----------
    tokens, labels
        Of each sample: sorted token hashes, and the labels it is known to hold.

    Attributes
    ----------
    vocabulary
        The distinct token hashes, sorted, shape ``(tokens,)``.
    truth
        Which samples have which labels, shape ``(samples, labels)``.
    """

    def __init__(self, tokens: Sequence[NDArray[np.uint64]], labels: Sequence[Sequence[str]]) -> None:
        vocabulary, counts = distinct_tokens(tokens)
        # A token of one recording only is noise, unless recordings are so few that all are.
        often = 2 if len(tokens) > 4 * len({label for some in labels for label in some}) else 1
        self.vocabulary = vocabulary[counts >= often]
        self.labels = sorted({label for some in labels for label in some})
        self.table = TokenTable.of(
            [
                np.searchsorted(self.vocabulary, sample[in_sorted(self.vocabulary, sample)])
                for sample in tokens
            ],
            len(self.vocabulary),
        )
        place = {label: number for number, label in enumerate(self.labels)}
        self.truth = np.zeros((len(tokens), len(self.labels)), np.bool_)
        for row, some in enumerate(labels):
            self.truth[row, [place[label] for label in some]] = True

    @classmethod
    def of(cls, recordings: Sequence[Recording]) -> Samples:
        """Tokenise recordings."""
        tokenizer = Tokenizer()
        return cls(
            [tokenizer.tokens(recording.changes) for recording in recordings],
            [recording.labels for recording in recordings],
        )

    @classmethod
    def together(cls, parts: Iterable[Samples]) -> Samples:
        """Return the samples of all parts as one table."""
        tokens: list[NDArray[np.uint64]] = []
        labels: list[list[str]] = []
        for part in parts:
            tokens += part.rows()
            labels += part.true_labels()
        return cls(tokens, labels)

    def rows(self) -> list[NDArray[np.uint64]]:
        """Return each sample's sorted token hashes, shape ``(tokens,)`` each."""
        tokens = self.vocabulary[self.table.tokens]
        return [tokens[start:end] for start, end in pairwise(self.table.ends.tolist())]

    def true_labels(self) -> list[list[str]]:
        """Return each sample's labels."""
        return [[self.labels[place] for place in np.flatnonzero(row).tolist()] for row in self.truth]

    def scores(self) -> NDArray[np.float32]:
        """Return the F1 of predicting each label by each token alone, shape ``(tokens, labels)``."""
        together = self.table.together(self.truth)
        having = self.table.counts()[:, None]
        return np.asarray(2 * together / (having + self.truth.sum(axis=0)[None] + 1), np.float32)

    def remembered(self, most: int = RETAINED_PER_LABEL) -> Samples:
        """Return the first samples, as many as give ``most`` of each label where there are so many."""
        enough = np.cumsum(self.truth, axis=0) <= most
        retained = np.flatnonzero((self.truth & enough).any(axis=1)).tolist()
        tokens, labels = self.rows(), self.true_labels()
        return Samples([tokens[row] for row in retained], [labels[row] for row in retained])

    def to_bytes(self) -> bytes:
        """Return the samples as compressed bytes; equal samples give equal bytes."""
        row, label = np.nonzero(self.truth)
        arrays: dict[str, NDArray[Any]] = {
            "counts": np.array([len(self.labels), len(self.table)], np.uint32),
            "labels": pack_texts(self.labels),
            "vocabulary": self.vocabulary,
            "sizes": self.table.sizes.astype(np.uint32),
            "tokens": self.table.tokens.astype(np.uint32),
            "true_rows": row.astype(np.uint32),
            "true_labels": label.astype(np.uint32),
        }
        return zstandard.ZstdCompressor(level=9).compress(pack_arrays(_KIND, PROTOCOL, arrays))

    @classmethod
    def from_bytes(cls, data: bytes) -> Samples:
        """Read what :meth:`to_bytes` wrote.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        try:
            plain = unpack_frame(data, _MAX_BYTES)
            return cls._from_arrays(unpack_arrays(plain, _KIND, PROTOCOL, _STORED))
        except (ValueError, IndexError) as error:
            raise CorruptObjectError(
                f"samples are damaged: {error}", action="build the model again"
            ) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Samples:
        names, rows = arrays["counts"].tolist()
        if len(arrays["sizes"]) != rows:
            raise ValueError("columns differ in length")
        known = unpack_texts(arrays["labels"], names)
        tokens = arrays["vocabulary"][arrays["tokens"]]
        labels: list[list[str]] = [[] for _ in range(rows)]
        for row, label in zip(arrays["true_rows"].tolist(), arrays["true_labels"].tolist(), strict=True):
            labels[row].append(known[label])
        return cls(np.split(tokens, np.cumsum(arrays["sizes"])[:-1]) if rows else [], labels)
