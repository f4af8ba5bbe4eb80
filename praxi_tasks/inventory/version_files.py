"""Small files of programs that come as folders, which say of which version those are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView

_SEARCHED: Final = 1 << 18  # bytes; the largest of these files, Ruby's, has some thousand
_VERSION: Final = re.compile(r"\d+(?:\.\d+){0,3}[A-Za-z0-9.+~-]*")


@dataclass(frozen=True)
class VersionFile:
    """A program whose version is in a file: how the file's path ends and looks, and what it says.

    The groups of ``says`` are the version, or its numbers.
    """

    name: str
    ending: str
    path: re.Pattern[str]
    says: re.Pattern[bytes]

    def is_at(self, path: str) -> bool:
        """Return whether the file may be at a path."""
        return path.endswith(self.ending) and self.path.fullmatch(path) is not None

    def version(self, content: bytes) -> str:
        """Return the version that the file says; empty where it says none."""
        found = self.says.search(content[:_SEARCHED])
        return ".".join(map(text, filter(None, found.groups()))) if found else ""


def read_version_file(files: Sequence[VersionFile], view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the program of which a file tells the version; nothing where it tells none.

    Other software has files of such names as well, so one that says nothing is no damage.
    """
    for file in files:
        if file.is_at(path) and (version := file.version(view.kept[path])):
            yield from program_claim(file.name, version, path)


def program_claim(name: str, version: str, path: str) -> Iterator[Claim]:
    """Yield that a program of a version is where a path is, if that can be a version."""
    if _VERSION.fullmatch(version):
        yield Claim(GENERIC.purl_type, name, version, path, files=(path,))
