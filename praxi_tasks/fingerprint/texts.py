"""Many short texts in one piece of memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.oci.layer import ends

_SLAB: Final = 4096


class Texts(Sequence[str]):
    """A sequence of texts without NUL, decoded when asked for: a million paths cost their bytes.

    Parameters
    ----------
    blob
        The texts, each followed by a NUL, in UTF-8; other bytes become surrogates, as in :func:`os.fsdecode`.
    """

    def __init__(self, blob: bytes | bytearray | memoryview) -> None:
        self.blob = blob

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Return the texts as one piece; one that is already is returned as it is."""
        if isinstance(texts, Texts):
            return texts
        return cls("".join(f"{text}\0" for text in texts).encode("utf-8", "surrogateescape"))

    @cached_property
    def _ends(self) -> NDArray[np.intp]:
        return ends(self.blob)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int, /) -> str: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[str]: ...
    def __getitem__(self, index: int | slice, /) -> str | list[str]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        row = range(len(self))[index]
        start = int(self._ends[row - 1]) + 1 if row else 0
        return _decode(self.blob[start : int(self._ends[row])])

    def select(self, rows: NDArray[np.intp]) -> Texts:
        """Return the texts of some rows, ascending, of shape ``(n,)``."""
        if len(rows) == len(self):
            return self
        wanted = np.zeros(len(self), np.bool_)
        wanted[rows] = True
        lengths = np.diff(self._ends + 1, prepend=0)
        return Texts(np.frombuffer(self.blob, np.uint8)[np.repeat(wanted, lengths)].data)

    def __iter__(self) -> Iterator[str]:
        start = 0
        for end in [*self._ends[_SLAB - 1 :: _SLAB].tolist(), *self._ends[-1:].tolist()]:
            if end > start or end == start < len(self.blob):
                yield from _decode(self.blob[start:end]).split("\0")
            start = end + 1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return bytes(self.blob) == bytes(other.blob)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} texts>"


class LinkTargets(Mapping[int, str]):
    """Link targets by row.

    Parameters
    ----------
    rows
        Ascending.
    targets
        One per row.
    """

    def __init__(self, rows: NDArray[np.uint32], targets: Sequence[str]) -> None:
        self.rows = rows
        self.targets = Texts.of(targets)

    @classmethod
    def of(cls, links: Mapping[int, str]) -> LinkTargets:
        """Return the links in columns; what already is so is returned as it is."""
        if isinstance(links, LinkTargets):
            return links
        rows = sorted(links)
        return cls(np.array(rows, np.uint32), [links[row] for row in rows])

    def __getitem__(self, row: int, /) -> str:
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            raise KeyError(row)
        return self.targets[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows.tolist())

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<{len(self)} link targets>"


def _decode(data: bytes | bytearray | memoryview) -> str:
    return str(data, "utf-8", "surrogateescape")
