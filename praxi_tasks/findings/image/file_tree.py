"""What an image's layers leave behind: which files are there at the end, and who took the others away."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike

_DIRECTORY: Final = ord("d")
_REGULAR: Final = frozenset({ord("f"), ord("h")})
# Since merged /usr these are links into /usr, and databases still write either form.
_MERGED: Final = frozenset({"bin", "sbin", "lib", "lib32", "lib64", "libx32"})
_EXPENDABLE: Final = (
    *(
        f"usr/share/{name}/"
        for name in ("bug", "doc", "doc-base", "info", "lintian", "locale", "man", "menu")
    ),
    *("etc/", "run/", "tmp/", "var/"),
)
_METADATA: Final = re.compile(r"\.(dist|egg)-info(/|$)")


class LayerChanges(Protocol):
    """The part of a changeset that is read here; see :mod:`praxi_tasks.fingerprint.changeset`."""

    @property
    def digest(self) -> str:
        """The layer's digest."""

    @property
    def paths(self) -> Sequence[str]:
        """Paths without a leading slash."""

    @property
    def types(self) -> ArrayLike:
        """Per path the code point of its type's letter: ``f d l h c b p``."""

    @property
    def whiteouts(self) -> Sequence[str]:
        """Paths of lower layers that this layer removes."""

    @property
    def opaques(self) -> Sequence[str]:
        """Folders whose content in lower layers this layer hides."""


def merged_usr(path: str) -> str:
    """Return a path as merged /usr has it: ``bin/sh`` is ``usr/bin/sh``."""
    return f"usr/{path}" if path.partition("/")[0] in _MERGED else path


def significant(path: str) -> bool:
    """Return whether a missing file says something about its package.

    Documentation, translations, caches, settings, byte code and the database's own records are removed from
    images all the time, without the package going with them.
    """
    path = merged_usr(path)
    return not (path.startswith(_EXPENDABLE) or path.endswith((".pyc", ".pyo")) or _METADATA.search(path))


class Removal:
    """What one layer removes from those below it."""

    def __init__(self, changes: LayerChanges) -> None:
        self._whiteouts = frozenset(merged_usr(path) for path in changes.whiteouts)
        self._opaques = frozenset(merged_usr(path) for path in changes.opaques)
        self._folders: dict[str, bool] = {"": "" in self._opaques}

    def __bool__(self) -> bool:
        return bool(self._whiteouts or self._opaques)

    def covers(self, path: str) -> bool:
        """Return whether a (merged_usr) path of a lower layer is gone: itself, or a folder above it."""
        return path in self._whiteouts or self._covers_folder(path.rpartition("/")[0])

    def _covers_folder(self, folder: str) -> bool:
        above = []
        while (known := self._folders.get(folder)) is None:
            if folder in self._whiteouts or folder in self._opaques:
                known = True
                self._folders[folder] = True
                break
            above.append(folder)
            folder = folder.rpartition("/")[0]
        self._folders.update(dict.fromkeys(above, known))
        return known


class FileTree:
    """The files that the layers of an image, bottom first, leave visible.

    Paths are compared as merged /usr has them, so a database that says ``bin/ls`` finds ``usr/bin/ls``.
    """

    def __init__(self, layers: Sequence[LayerChanges]) -> None:
        self._owner: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self._regular: set[str] = set()
        self._folders: set[str] = set()
        for number, changes in enumerate(layers):
            self._remove(Removal(changes), number)
            self._add(changes, number)

    def layer_of(self, path: str) -> int | None:
        """Return the number of the layer that last wrote a file, or None if it is not there."""
        return self._owner.get(merged_usr(path))

    def removed_by(self, path: str) -> int | None:
        """Return the number of the layer that removed a file, or None if none did."""
        return self._removed.get(merged_usr(path))

    def exists(self, path: str) -> bool:
        """Return whether a file or folder is there."""
        path = merged_usr(path)
        return path in self._owner or path in self._folders or self._holds_files(path)

    def _holds_files(self, folder: str) -> bool:
        """Return whether a file lies below a folder: the one that sorts first behind its name does.

        Folders are not all named anywhere, and to name them costs memory by the square of a path's length.
        """
        below = f"{folder}/"
        place = bisect_left(self._sorted, below)
        return place < len(self._sorted) and self._sorted[place].startswith(below)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._owner)

    def saw(self, path: str) -> bool:
        """Return whether any layer ever wrote the file."""
        path = merged_usr(path)
        return path in self._owner or path in self._removed

    @property
    def regular_files(self) -> dict[str, int]:
        """The regular files that are there, as merged_usr paths, and the number of the layer of each."""
        return {path: self._owner[path] for path in self._regular}

    def _remove(self, removal: Removal, number: int) -> None:
        if not removal:
            return
        for path in [path for path in self._owner if removal.covers(path)]:
            del self._owner[path]
            self._regular.discard(path)
            self._removed[path] = number
        self._folders = {folder for folder in self._folders if not removal.covers(folder)}

    def _add(self, changes: LayerChanges, number: int) -> None:
        kinds = np.asarray(changes.types, np.uint8).tobytes()
        for path, kind in zip(map(merged_usr, changes.paths), kinds, strict=True):
            if kind == _DIRECTORY:
                self._folders.add(path)
                continue
            self._owner[path] = number
            self._removed.pop(path, None)
            if kind in _REGULAR:
                self._regular.add(path)
            else:
                self._regular.discard(path)
