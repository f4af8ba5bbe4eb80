"""Imports of the projects of PyPI that few use, by files of keys.

``scripts/own_imports.py`` and ``scripts/project_names.py`` make the files. The table of imports knows the
projects that are used most; these are all the others.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from importlib import resources
from typing import Final

from xxhash import xxh3_64_digest

OWN_IMPORTS: Final = "own_imports.bin"
PROJECT_NAMES: Final = "project_names.bin"
KEY_SIZE: Final = 4
"""Bytes of a key: one name in some thousands that is not in a file seems to be."""


def import_key(name: str) -> bytes:
    """Return what stands for a name in a file: the last bytes of its XXH3-64."""
    return xxh3_64_digest(name.encode())[-KEY_SIZE:]


def names_itself(name: str) -> bool:
    """Return whether one distribution of PyPI alone installs an import, under the import's own name."""
    return _has(OWN_IMPORTS, name)


def is_project(name: str) -> bool:
    """Return whether PyPI has a project of a normalised name that a project chooses for itself.

    Names of plain words are left out: imports of many projects are called so. What the project installs is
    not known.
    """
    return _has(PROJECT_NAMES, name)


def _has(file: str, name: str) -> bool:
    keys, wanted = _keys(file), import_key(name)
    places = range(len(keys) // KEY_SIZE)
    place = bisect_left(places, wanted, key=lambda each: _key(keys, each))
    return _key(keys, place) == wanted


def _key(keys: bytes, place: int) -> bytes:
    return keys[place * KEY_SIZE : (place + 1) * KEY_SIZE]


@cache
def _keys(file: str) -> bytes:
    return (resources.files(__package__) / file).read_bytes()
