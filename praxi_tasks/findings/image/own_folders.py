"""Folders that explain themselves: package databases that were read, and interpreters' own libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.image.fusion import FusedImage

# A file by which an interpreter itself finds its library, and the folders beside it that are its own.
_LANDMARKS: Final[tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]] = (
    (
        "/os.py",
        re.compile(r"(.+/)?lib(?:32|64)?/((?:python|pypy)\d+\.\d+t?)/os\.py"),
        (r"\1lib/\2/", r"\1lib64/\2/", r"\1lib32/\2/", r"\1include/\2/"),
    ),
    ("/node_version.h", re.compile(r"(.+/)?include/node/node_version\.h"), (r"\1include/node/",)),
    ("/English.rb", re.compile(r"(.*\blib(?:64)?/ruby/\d+\.\d+\.\d+/)English\.rb"), (r"\1",)),
    ("/strict.pm", re.compile(r"(.*/perl5?/(?:base/)?\d+\.\d+(?:\.\d+)?/)strict\.pm"), (r"\1",)),
)
_ENDINGS: Final = tuple(ending for ending, _, _ in _LANDMARKS)
_INSTALLED: Final = ("/site-packages/", "/dist-packages/", "/gems/", "/site_perl/", "/vendor_perl/")


@dataclass(frozen=True)
class OwnFolders:
    """Files and folders (with a slash at their end) that need no package to explain them."""

    files: frozenset[str]
    folders: tuple[str, ...]

    def hold(self, place: str) -> bool:
        """Return whether a file is one of them; what was installed into a library is not."""
        if place in self.files:
            return True
        return place.startswith(self.folders) and not any(part in place for part in _INSTALLED)


def own_folders(image: FusedImage, files: Iterable[str]) -> OwnFolders:
    """Find them in an image.

    Parameters
    ----------
    files
        The places of its regular files.
    """
    databases: set[str] = set()
    folders: set[str] = set()
    for layer in image.layers:
        databases.update(map(image.tree.place, layer.inventory.databases))
    for tracked in image.claims:
        if ecosystem_of(tracked.claim.ecosystem).of_distribution:
            folders.add(tracked.place.rpartition("/")[0] + "/")
    for path in files:
        if path.endswith(_ENDINGS):
            folders.update(_libraries(path))
    return OwnFolders(image.tree.same_files(frozenset(databases)), tuple(sorted(folders - {"/"})))


def _libraries(path: str) -> Iterable[str]:
    for _, landmark, own in _LANDMARKS:
        found = landmark.fullmatch(path)
        if found:
            yield from (found.expand(folder) for folder in own)
