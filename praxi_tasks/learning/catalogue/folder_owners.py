"""Finds the folders that hold files of one package only."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.fingerprint import PYTHON_ROOT, hash_text, parent_folder
from praxi_tasks.learning.catalogue.standard_folders import STANDARD_FOLDERS

_SHARED: Final = -1


class FolderOwners:
    """Collects which packages have files below which folders."""

    def __init__(self) -> None:
        self._owners = dict.fromkeys(("", PYTHON_ROOT, *STANDARD_FOLDERS), _SHARED)

    def add(self, folder: str, package: int) -> None:
        """Note that a package has files in a folder."""
        place: str | None = folder
        while place is not None:
            owner = self._owners.get(place)
            if owner in (_SHARED, package):  # then the folders above know it already
                return
            self._owners[place] = package if owner is None else _SHARED
            place = parent_folder(place)

    def exclusive(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Return the sorted hashes of the topmost exclusive folders, and their owners; shape ``(n,)``."""
        found = [
            (hash_text(folder), owner)
            for folder, owner in self._owners.items()
            if owner != _SHARED and self._owners[parent_folder(folder) or ""] == _SHARED
        ]
        found.sort()
        hashes = np.array([hashed for hashed, _ in found], np.uint64)
        return hashes, np.array([owner for _, owner in found], np.uint32)
