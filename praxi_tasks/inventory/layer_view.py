"""What a reader of databases sees of a layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.errors import DataError

_FOLDER: Final = ord("d")
_LONGEST_PART: Final = 300  # characters of a path or a reason in a problem's line
_MOST_PROBLEMS: Final = 20  # of one database
_PATH_BYTES_PER_BYTE: Final = 8
_PATH_BYTES_FREE: Final = 1 << 16


class LayerFiles(Protocol):
    """The columns of a changeset that matter here."""

    @property
    def digest(self) -> str:
        """The layer's digest."""

    @property
    def paths(self) -> Sequence[str]:
        """Paths without leading slash."""

    @property
    def types(self) -> NDArray[np.uint8]:
        """The entries' types, as the letters ``f``, ``d``, ``l`` and so on."""


class LayerView:
    """A layer's files, the contents that were kept of them, and the problems met so far."""

    def __init__(self, files: LayerFiles, kept: Mapping[str, bytes]) -> None:
        self.files = files
        self.kept = kept
        self.problems: list[str] = []
        self._reports: Counter[str] = Counter()

    def report(self, path: str, what: str) -> None:
        """Note what could not be read, as one printable line of bounded length.

        Of one database only the first few problems are kept: the rest are most likely the same.
        """
        self._reports[path] += 1
        if self._reports[path] > _MOST_PROBLEMS:
            return
        line = f"{path[-_LONGEST_PART:]}: {what[:_LONGEST_PART]}"
        self.problems.append("".join(c if c.isprintable() else "?" for c in line))

    def members(self) -> Iterator[str]:
        """Yield the paths that are no folders: a million of them are never held at once."""
        return compress(self.files.paths, (self.files.types != _FOLDER).tolist())

    @cached_property
    def folders(self) -> frozenset[str]:
        """The paths that are folders."""
        return frozenset(compress(self.files.paths, (self.files.types == _FOLDER).tolist()))


def owned(paths: Iterable[str], database_bytes: int) -> tuple[str, ...]:
    """Collect the paths a release owns, sorted, each once; names with a NUL, which no file has, are left out.

    Databases write a folder once and its files' names after it, so a small one can stand for terabytes.

    Raises
    ------
    DataError
        If the paths take far more room than any real database of that size needs.
    """
    room = _PATH_BYTES_PER_BYTE * database_bytes + _PATH_BYTES_FREE
    found: set[str] = set()
    for path in paths:
        room -= len(path)
        if room < 0:
            raise DataError("its paths take far more room than the database itself")
        if path and "\0" not in path:
            found.add(path)
    return tuple(sorted(found))


def text(data: bytes) -> str:
    """Decode a name or version; what is not UTF-8 becomes U+FFFD, so that any consumer can encode it."""
    return data.decode("utf-8", "replace").strip()


def path_text(data: bytes) -> str:
    """Decode a path as changesets do, so that it can be looked up there."""
    return data.decode("utf-8", "surrogateescape")
