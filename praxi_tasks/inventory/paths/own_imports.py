"""Imports that only the distribution of their name installs: a file that ``scripts/own_imports.py`` makes."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from importlib import resources
from typing import Final

from xxhash import xxh3_64_digest

_FILE: Final = "own_imports.bin"
_SIZE: Final = 4  # bytes of a key: one name in ten thousand that is not in the file seems to be


def import_key(name: str) -> bytes:
    """Return what stands for an import in the file: the last bytes of its XXH3-64."""
    return xxh3_64_digest(name.encode())[-_SIZE:]


def names_itself(name: str) -> bool:
    """Return whether one distribution of PyPI alone installs an import, under the import's own name.

    The table of imports knows those that are used most; these are all the others, which few use.
    """
    keys, wanted = _keys(), import_key(name)
    places = range(len(keys) // _SIZE)
    place = bisect_left(places, wanted, key=lambda each: _key(keys, each))
    return _key(keys, place) == wanted


def _key(keys: bytes, place: int) -> bytes:
    return keys[place * _SIZE : (place + 1) * _SIZE]


@cache
def _keys() -> bytes:
    return (resources.files(__package__) / _FILE).read_bytes()
