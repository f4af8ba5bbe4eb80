"""The licences of Debian's packages, as their machine-readable ``copyright`` files state them.

The format is DEP-5 (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/): paragraphs, of which
the first names the format, and those with ``Files`` say which licence holds for what. A file in another form
is prose, of which nothing is read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated

FILE: Final = "/copyright"
_FOLDER: Final = "usr/share/doc/"
_DEPTH: Final = 4  # slashes of usr/share/doc/NAME/copyright
_FORMAT: Final = re.compile(rb"\s*Format(?:-Specification)?:", re.IGNORECASE)
_FILES: Final = b"\nFiles:"
_LICENCE: Final = b"\nLicense:"
_BLANK: Final = b"\n\n"


class Copyrights:
    """The ``copyright`` files of one layer, each read once however many packages share it."""

    def __init__(self, view: LayerView) -> None:
        self._kept = view.kept
        paths, links = view.files.paths, view.files.links
        self._links = {paths[row]: target for row, target in links.items() if paths[row].startswith(_FOLDER)}
        self._read = cache(self._stated)

    def licences(self, name: str) -> tuple[str, ...]:
        """Return what this layer states for a package; nothing where it holds no such file of it."""
        folder = f"{_FOLDER}{name}"
        target = self._links.get(folder, "")
        if target:  # packages of one source share a folder
            folder = posixpath.normpath(posixpath.join("/", _FOLDER, target)).lstrip("/")
        path = f"{folder}{FILE}"
        linked = self._links.get(path, "")
        if linked and path not in self._kept:
            path = posixpath.normpath(posixpath.join("/", folder, linked)).lstrip("/")
        return self._read(path)

    def _stated(self, path: str) -> tuple[str, ...]:
        return stated(_names(self._kept.get(path, b"")))


def is_copyright(path: str) -> bool:
    """Return whether a path is where a package's ``copyright`` is."""
    return path.startswith(_FOLDER) and path.endswith(FILE) and path.count("/") == _DEPTH


def _names(data: bytes) -> Iterator[str]:
    """Yield the licences of the format's paragraph and of those about files.

    What is between them, the texts of licences, is passed over without a look at its lines.
    """
    if not _FORMAT.match(data):
        return
    data = data.replace(b"\r\n", b"\n")
    end = _end(data, 0)
    yield from _licence(data, 0, end)
    while (found := data.find(_FILES, end - 1)) >= 0:
        start, end = data.rfind(_BLANK, 0, found + 1), _end(data, found)
        yield from _licence(data, max(start, 0), end)


def _end(data: bytes, start: int) -> int:
    """Return where the paragraph ends that ``start`` is in."""
    end = data.find(_BLANK, start + 1)
    return end if end >= 0 else len(data)


def _licence(data: bytes, start: int, end: int) -> Iterator[str]:
    found = data.find(_LICENCE, start, end)
    if found >= 0:
        line, _, _ = data[found + len(_LICENCE) : end].partition(b"\n")
        yield text(line)
