"""Texts of a memory-mapped part: each is decoded when it is asked for, so that a million cost nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray


class StoredTexts(Sequence[str]):
    """A sequence of texts in two columns.

    Parameters
    ----------
    blob
        The texts in UTF-8, one after another, shape ``(bytes,)``; other bytes become surrogates, as in
        :func:`os.fsdecode`.
    starts
        Where each begins, and where the last ends, shape ``(texts + 1,)``.
    """

    def __init__(self, blob: NDArray[np.uint8], starts: NDArray[np.uint32]) -> None:
        self.blob, self.starts = blob, starts

    @classmethod
    def of(cls, texts: Sequence[str]) -> StoredTexts:
        """Return texts in two columns; those that are already are returned as they are."""
        if isinstance(texts, StoredTexts):
            return texts
        encoded = [text.encode("utf-8", "surrogateescape") for text in texts]
        starts = np.cumsum([0, *map(len, encoded)], dtype=np.uint64).astype(np.uint32)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, index: int, /) -> str: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[str]: ...
    def __getitem__(self, index: int | slice, /) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        return _decode(self.blob[int(self.starts[place]) : int(self.starts[place + 1])])

    def __iter__(self) -> Iterator[str]:
        data, bounds = self.blob.tobytes(), self.starts.tolist()
        for start, end in pairwise(bounds):
            yield data[start:end].decode("utf-8", "surrogateescape")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} texts>"


def _decode(data: NDArray[np.uint8]) -> str:
    return data.tobytes().decode("utf-8", "surrogateescape")
