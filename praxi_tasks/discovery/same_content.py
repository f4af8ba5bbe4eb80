"""Packages named by the content of a file, wherever it lies: moved, renamed, or alone in an image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.content_index import ContentIndex, Holder, builds_of_size
from praxi_tasks.fingerprint import Tagset

MOST_PACKAGES: Final = 3
"""A content that more packages have names none of them."""

CONFIDENCE: Final = 0.98
"""How often the one known package that has a file's content is the package that the file is of.

Chosen, not fitted: in ``benchmarks/moved_binaries.py`` no package that was named was a wrong one, which
bounds it from below and tells no more.
"""


SHARED_SIZE: Final = 8192
"""In bytes. A smaller file without build-id, a script most often, is seldom changed from version to version:
those that nobody learned have it as well, so that it shows the package and not its version. Of the programs
and libraries of 41 Debian packages 7 % were the same in the next version, of any size, of scripts 85 %."""


class SameContent(NamedTuple):
    """Files of a layer that are those of a release: byte for byte, or of the same build.

    Parameters
    ----------
    package
        As ``ecosystem/name``.
    versions
        Those of its releases that have all of these files; none where one does and the files are too small to
        tell it from others that nobody has learned.
    ties
        Other packages that have all of them.
    rows
        The files, ascending.
    paths
        Where the release installs each.
    """

    package: str
    versions: tuple[str, ...]
    ties: tuple[str, ...]
    rows: tuple[int, ...]
    paths: tuple[str, ...]

    @property
    def confidence(self) -> float:
        """The probability that it is this package rather than one that ties, or that nobody knows."""
        return CONFIDENCE / (1 + len(self.ties))


class _Known(NamedTuple):
    """The releases that have a file, where one of them installs it, and whether it tells versions."""

    holders: frozenset[Holder]
    path: str
    tells_version: bool


def find_same_content(
    tagset: Tagset,
    rows: NDArray[np.intp],
    indexes: Sequence[ContentIndex],
    other_suites: Collection[str] = (),
) -> list[SameContent]:
    """Name releases by the contents of some files, as few as have them all.

    Parameters
    ----------
    rows
        The files that nothing else explains, ascending, shape ``(n,)``.
    other_suites
        The packs of suites that the layer is not of. What the distribution installed here and did not compile
        is of none of them: each version of a package has such files of the one before.
    """
    known = _known(tagset, rows, [index for index in indexes if index.pack not in other_suites])
    others = [index for index in indexes if index.pack in other_suites]
    left = rows[~np.isin(rows, [*known])] if others else rows[:0]
    known |= _known(tagset, left[~_is_installed_text(tagset, left)], others)
    return list(_fewest(dict(sorted(known.items())))) if known else []


def _is_installed_text(tagset: Tagset, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which files are not compiled, and lie where a distribution's packages lie, shape ``(n,)``."""
    compiled = tagset.build_ids.column(len(tagset))[rows] != 0
    paths = (tagset.paths[row] for row in rows.tolist())
    installed = (path.startswith("usr/") and not path.startswith("usr/local/") for path in paths)
    return np.asarray(~compiled & np.fromiter(installed, np.bool_, len(rows)))


def _known(tagset: Tagset, rows: NDArray[np.intp], indexes: Sequence[ContentIndex]) -> dict[int, _Known]:
    """Return what is known of each of some files' contents that few packages have."""
    rows = rows[tagset.measured[rows] & (tagset.hashes[rows] != 0)]
    builds = tagset.build_ids.column(len(tagset))
    tells = (builds[rows] != 0) | (tagset.sizes[rows] >= SHARED_SIZE)
    found = _holders(rows, tagset.hashes[rows], indexes)
    listed = rows[(tagset.published_column()[rows] != 0) & ~np.isin(rows, [*found])]
    found |= _holders(listed, tagset.published_column()[listed], indexes)
    patched = rows[(builds[rows] != 0) & ~np.isin(rows, [*found])]
    found |= _holders(patched, builds[patched], indexes)
    same_size = _holders(patched, builds_of_size(builds[patched], tagset.sizes[patched]), indexes)
    told = set(rows[tells].tolist()).difference(same_size)
    return {
        row: _Known(frozenset(holders), path, row in told)
        for row, (holders, path) in sorted(found.items())
        if len({holder.package for holder in holders}) <= MOST_PACKAGES
    }


def _holders(
    rows: NDArray[np.intp], numbers: NDArray[np.uint64], indexes: Sequence[ContentIndex]
) -> dict[int, tuple[set[Holder], str]]:
    """Return the releases that have a file's hash or build-id, and where one installs it, of those known."""
    found: dict[int, tuple[set[Holder], str]] = {}
    for index in indexes:
        places = index.places_of(numbers)
        for at in np.flatnonzero(places >= 0).tolist():
            place = int(places[at])
            holders, _ = found.setdefault(int(rows[at]), (set(), index.path_of(place)))
            holders.update(index.holders_of(place))
    return found


def _fewest(known: dict[int, _Known]) -> Iterator[SameContent]:
    """Yield the release that has most of the files, then the one that has most of the rest, and so on."""
    files: defaultdict[Holder, set[int]] = defaultdict(set)
    for row, found in known.items():
        for holder in found.holders:
            files[holder].add(row)
    while files:
        best = min(files, key=lambda holder: (-len(files[holder]), len(holder.package), *holder))
        mine = frozenset(files[best])
        tied = sorted(holder for holder in files if files[holder] == mine)
        rows = tuple(sorted(mine))
        versions = tuple(holder.version for holder in tied if holder.package == best.package)
        if len(versions) == 1 and not any(known[row].tells_version for row in rows):
            versions = ()
        yield SameContent(
            package=best.package,
            versions=versions,
            ties=tuple(sorted({holder.package for holder in tied} - {best.package})),
            rows=rows,
            paths=tuple(known[row].path for row in rows),
        )
        files = defaultdict(set, {holder: left for holder in files if (left := files[holder] - mine)})
