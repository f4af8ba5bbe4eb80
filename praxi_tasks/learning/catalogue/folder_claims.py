"""Restricts the folders that new releases claim as exclusive.

A catalogue of a few packages sees no other package in ``usr/share/icons``, although the world's other
packages have files there. So new releases claim only folders that are named after them. They also claim, and
thereby dispute, folders that older parts claim and that they have files in: merging makes a disputed folder
exclusive to none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Catalogue, Release
from praxi_tasks.fingerprint import PYTHON_ROOT, hash_text, parent_folder

_WORDS: Final = re.compile(r"[a-z]+")
_SHORTEST: Final = 3
_COMMON: Final = frozenset(
    [
        *("bin", "data", "dev", "doc", "etc", "gnome", "icons", "java", "kde", "lib", "libs", "locale"),
        *("perl", "plugins", "python", "qml", "ruby", "share", "src", "tools", "usr"),
    ]
)
"""Words of packages' names that are words of shared folders too."""

_NAMESPACES: Final = frozenset(["azure", "backports", "google", "jaraco", "sphinxcontrib", "zope"])
"""Folders of Python that packages of many makers share."""


def restrict_folder_claims(
    part: Catalogue, releases: Sequence[Release], base: Sequence[Catalogue]
) -> Catalogue:
    """Return a catalogue of new releases that claims only folders that are named after a package.

    Parameters
    ----------
    part
        The catalogue of ``releases``.
    base
        What was known before: claims to folders that the new releases have files in are disputed.
    """
    numbers = {name: number for number, name in enumerate(part.packages)}
    claims: dict[tuple[int, int], None] = {}
    for release in releases:
        number = numbers[release.package]
        exclusive = set(part.folders[part.folder_owners == number].tolist())
        folders = _folders(release)
        disputed = np.fromiter(map(hash_text, folders), np.uint64, len(folders))
        disputed = disputed[_claimed(disputed, base)]
        own = _own(folders, exclusive, release.name)
        claims |= dict.fromkeys((hashed, number) for hashed in (*own, *disputed.tolist()))
    ordered = sorted(claims)
    return replace(
        part,
        folders=np.array([hashed for hashed, _ in ordered], np.uint64),
        folder_owners=np.array([number for _, number in ordered], np.uint32),
    )


def _claimed(folders: NDArray[np.uint64], parts: Sequence[Catalogue]) -> NDArray[np.bool_]:
    """Return which folder hashes are exclusive to a package in one of the catalogues, shape ``(n,)``."""
    claims = [part.folder_index.has(folders) for part in parts]
    return np.logical_or.reduce(claims) if claims else np.zeros(len(folders), np.bool_)


def _own(folders: Sequence[str], exclusive: Set[int], package: str) -> list[int]:
    """Return the hashes of the topmost folders named after a package, at or below exclusive ones.

    Parameters
    ----------
    folders
        Each after those above it.
    """
    below: dict[str, bool] = {}  # whether a folder is claimed, by itself or by one above
    alone: set[str] = set()
    claimed = []
    for folder in folders:
        above = parent_folder(folder) or ""
        if hash_text(folder) in exclusive or above in alone:
            alone.add(folder)
        below[folder] = below.get(above, False)
        if not below[folder] and folder in alone and _is_called_after(folder, package):
            below[folder] = True
            claimed.append(hash_text(folder))
    return claimed


def _is_called_after(folder: str, package: str) -> bool:
    """Return whether a folder's name has a word of the package's name, or is a package's import name."""
    head, _, inside = folder.partition(PYTHON_ROOT)
    if not head and inside and folder.startswith(PYTHON_ROOT):
        return inside not in _NAMESPACES
    words = {word for word in _WORDS.findall(package.lower()) if len(word) >= _SHORTEST} - _COMMON
    words |= {word.removeprefix("lib") for word in words if len(word) >= _SHORTEST + 3}
    name = folder.rpartition("/")[2].lower()
    return any(word in name for word in words)


def _folders(release: Release) -> list[str]:
    """Return the folders that a release has files in and those above them, each after those above it."""
    seen: set[str] = set()
    for folder in release.normalised.folders:
        place: str | None = folder
        while place is not None and place not in seen:
            seen.add(place)
            place = parent_folder(place)
    return sorted(seen)
