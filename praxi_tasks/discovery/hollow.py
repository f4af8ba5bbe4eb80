"""Packages known by paths alone, and whose files in a layer can be no package's: empty, or too short.

Where contents are known they are compared. Where a path is all that is known, a program of eleven bytes and
a library of a hundred still show that they are none, and so does a tree of empty files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.matching import LayerKeys, Matches
from praxi_tasks.fingerprint import Tagset

LEAST_PROGRAM: Final = 20
"""In bytes. The shortest script that Debian 12 installs as a command has 29: ``zegrep``."""

LEAST_LIBRARY: Final = 1000
"""In bytes, of a library with a version in its name. One without may be a linker's script."""

_PROGRAM: Final = re.compile(r"(?:^|/)s?bin/[^/]+\Z")
_LIBRARY: Final = re.compile(r"\.so\.[0-9][^/]*\Z")
_OFTEN_EMPTY: Final = re.compile(r"(?:^|/)(?:__init__\.pyi?|py\.typed|REQUESTED|\.[^/]*)\Z")


def hollow_candidates(
    tagset: Tagset,
    layer: LayerKeys,
    matches: Matches,
    packages: NDArray[np.intp],
    compared: Collection[int],
) -> NDArray[np.bool_]:
    """Return which candidates have no file that could be of a package, shape ``(n,)``.

    Links and files of unknown size show nothing, nor does one that is often empty.

    Parameters
    ----------
    packages
        The candidates: package numbers, ascending, shape ``(n,)``.
    compared
        Those of them whose files are compared with known contents.
    """
    measured = (tagset.measured & ~tagset.normalised.derived)[layer.rows]
    small = np.flatnonzero(measured & (tagset.sizes[layer.rows] < LEAST_LIBRARY))
    hollow, silent = (_where(test, small, tagset, layer) for test in (_is_hollow, _is_silent))
    if not hollow.any():
        return np.zeros(len(packages), np.bool_)
    place = np.searchsorted(packages, matches.packages)
    none = np.bincount(place, hollow[matches.keys], len(packages))
    some = np.bincount(place, (measured & ~hollow & ~silent)[matches.keys], len(packages))
    return np.asarray((none > 0) & (some == 0) & ~np.isin(packages, list(compared)))


def _where(
    test: Callable[[str, int], bool], small: NDArray[np.intp], tagset: Tagset, layer: LayerKeys
) -> NDArray[np.bool_]:
    """Return for which of a layer's keys a file passes a test, of those that are small; shape ``(k,)``."""
    found = np.zeros(len(layer.keys), np.bool_)
    rows = layer.rows[small].tolist()
    found[small] = [test(tagset.paths[row], int(tagset.sizes[row])) for row in rows]
    return found


def _is_hollow(path: str, size: int) -> bool:
    """Return whether a file is shorter than any of its kind."""
    if size < LEAST_PROGRAM and _PROGRAM.search(path):
        return True
    return bool(_LIBRARY.search(path)) or (not size and not _OFTEN_EMPTY.search(path))


def _is_silent(path: str, size: int) -> bool:
    return not size and _OFTEN_EMPTY.search(path) is not None
