"""Which of a release's wheels are learned: one for each of the interpreters that images run.

A package that is compiled has a wheel for each interpreter and platform. Their modules are the same and their
libraries are not, so a release that is known by one of them would be another version's in most images.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from packaging.tags import Tag
from packaging.version import Version

from praxi_tasks.fingerprint import BuildIds
from praxi_tasks.learning.data import StoredRelease
from praxi_tasks.learning.sources.pypi.project_page import IndexFile

MOST_WHEELS: Final = 6
"""How many interpreters' wheels are listed of a release, the newest ones'."""

_NUMBERS: Final = re.compile(r"[a-z]+([0-9])([0-9]*)")
_GLIBC: Final = re.compile(r"manylinux_([0-9]+)_([0-9]+)_x86_64")
_LEGACY: Final = {"manylinux1_x86_64": 5, "manylinux2010_x86_64": 12, "manylinux2014_x86_64": 17}
_NEWEST_GLIBC: Final = 36
"""Debian 12's: of several wheels installers take the one for the newest glibc that the system has."""


class Wheel(NamedTuple):
    """A wheel that an index lists, and what its name says about it."""

    file: IndexFile
    version: Version
    tags: frozenset[Tag]

    @property
    def is_native(self) -> bool:
        """Whether it is for Linux on x86-64 with glibc: what most images run."""
        return any("manylinux" in tag.platform and "x86_64" in tag.platform for tag in self.tags)

    @property
    def abis(self) -> frozenset[str]:
        """The interfaces that its libraries are compiled for: ``cp312``, ``abi3``."""
        return frozenset(tag.abi for tag in self.tags)


def preferred_wheels(wheels: Sequence[Wheel]) -> list[Wheel]:
    """Return those of one release's wheels that are learned, the most important first.

    Parameters
    ----------
    wheels
        All of a version; one at least.
    """
    ranked = sorted(wheels, key=_rank, reverse=True)
    best: dict[frozenset[str], Wheel] = {}
    for wheel in ranked:
        if wheel.is_native and _is_cpython(wheel):
            best.setdefault(wheel.abis, wheel)
    return list(best.values())[:MOST_WHEELS] or ranked[:1]


def unite(releases: Sequence[StoredRelease]) -> StoredRelease:
    """Return the first of several listings of one release with the files that the others have besides."""
    paths = [path for each in releases for path in each.paths]
    first = {path: row for row, path in reversed(list(enumerate(paths)))}
    rows = np.array(sorted(first.values()), np.intp)
    ids = np.concatenate([each.build_ids.column(len(each.paths)) for each in releases])[rows]
    there = np.flatnonzero(ids)
    return replace(
        releases[0],
        paths=[paths[row] for row in rows.tolist()],
        sizes=np.concatenate([each.sizes for each in releases])[rows],
        hashes=np.concatenate([each.hashes for each in releases])[rows],
        measured=np.concatenate([each.measured for each in releases])[rows],
        build_ids=BuildIds(there.astype(np.uint32), ids[there]),
    )


def _rank(wheel: Wheel) -> tuple[bool, bool, bool, bool, tuple[int, int], int]:
    """Rank wheels of one version: most images run Linux on x86-64 with glibc and a recent CPython."""
    platforms = {tag.platform for tag in wheel.tags}
    return (
        _is_cpython(wheel),
        wheel.is_native,
        "any" in platforms,
        any("linux" in platform for platform in platforms),
        max(_python(tag.interpreter) for tag in wheel.tags),
        max(map(_fit, platforms)),
    )


def _is_cpython(wheel: Wheel) -> bool:
    """Return whether it is for CPython as most have it: neither PyPy nor without its global lock."""
    return any(tag.interpreter[:2] in ("cp", "py") and not tag.abi.endswith("t") for tag in wheel.tags)


def _python(interpreter: str) -> tuple[int, int]:
    numbers = _NUMBERS.match(interpreter)
    return (int(numbers[1]), int(numbers[2] or 0)) if numbers else (0, 0)


def _fit(platform: str) -> int:
    """Return how well a platform fits: the newest glibc that most have first, then the oldest ones above."""
    found = _GLIBC.fullmatch(platform)
    glibc = int(found[2]) if found else _LEGACY.get(platform, 0)
    return glibc if glibc <= _NEWEST_GLIBC else -glibc
