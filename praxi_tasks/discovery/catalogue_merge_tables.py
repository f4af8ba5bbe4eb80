"""Merging the versions and tables of contents of two catalogues, package by package.

The tables of a package that only one catalogue knows are copied; those of a package that both know are
unpacked and rebuilt. So adding a day's releases costs a copy of what was known, not a rebuild.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.version_contents import Contents, fold_contents, run_bounds, run_indices

Numbers = NDArray[np.intp]


class Tables(NamedTuple):
    """Versions and contents of packages, as the columns of the same names of a catalogue."""

    versions: Sequence[str]
    version_starts: NDArray[np.uint32]
    contents: Contents


class _Share(NamedTuple):
    """Packages to take from some tables, by their numbers there, and their numbers in the merged catalogue.

    ``packages`` and ``numbers`` are of shape ``(n,)``.
    """

    tables: Tables
    packages: Numbers
    numbers: Numbers


def join_tables(first: Catalogue, second: Catalogue, moved: NDArray[np.uint32], count: int) -> Tables:
    """Return the versions and contents of the packages of two non-empty catalogues.

    Parameters
    ----------
    moved
        The merged numbers of the second's packages, shape ``(len(second.packages),)``; the first's keep
        theirs.
    count
        How many packages the merged catalogue has.
    """
    numbers = moved.astype(np.intp)
    again = numbers < len(first.packages)
    alone = np.ones(len(first.packages), np.bool_)
    alone[numbers[again]] = False
    retained, both = np.flatnonzero(alone), numbers[again]
    united = _united(first, both, second, np.flatnonzero(again))
    shares = (
        _Share(_tables(first), retained, retained),
        _Share(united, np.arange(len(both)), both),
        _Share(_tables(second), np.flatnonzero(~again), numbers[~again]),
    )
    return _gather(shares, count)


def _tables(catalogue: Catalogue) -> Tables:
    contents = Contents(**{name: getattr(catalogue, name) for name in Contents.__slots__})
    return Tables(catalogue.versions, catalogue.version_starts, contents)


def _united(first: Catalogue, ours: Numbers, second: Catalogue, theirs: Numbers) -> Tables:
    """Return the tables of packages that both know, in the order given; numbers of shape ``(n,)``."""
    versions = [
        list(dict.fromkeys(first.versions_of(our) + second.versions_of(their)))
        for our, their in zip(ours.tolist(), theirs.tolist(), strict=True)
    ]
    parts = _unfold(first, ours, versions), _unfold(second, theirs, versions)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Tables(
        [name for group in versions for name in group],
        run_bounds([len(group) for group in versions]),
        fold_contents(*columns, count=len(ours)),
    )


def _unfold(
    catalogue: Catalogue, packages: Numbers, versions: Sequence[Sequence[str]]
) -> tuple[NDArray[Any], ...]:
    """Return a row per file and version: package index, version, key, size, hash, core; shape ``(rows,)``.

    Parameters
    ----------
    packages
        Package numbers, shape ``(n,)``.
    versions
        All versions of each of the packages: a row's version is its index among them.
    """
    renumbered = np.zeros(len(catalogue.versions), np.uint16)
    for group, start, package in zip(
        versions, catalogue.version_starts[packages].tolist(), packages.tolist(), strict=True
    ):
        names = catalogue.versions_of(package)
        renumbered[start : start + len(names)] = [group.index(name) for name in names]
    counts = np.diff(catalogue.row_starts)[packages]
    rows = run_indices(catalogue.row_starts[packages], counts)
    held = np.diff(catalogue.holder_starts)[rows]
    holders = catalogue.holders[run_indices(catalogue.holder_starts[rows], held)]
    place, rows = np.repeat(np.repeat(np.arange(len(packages)), counts), held), np.repeat(rows, held)
    return (
        place,
        renumbered[catalogue.version_starts[packages[place]] + holders],
        catalogue.row_keys[rows],
        catalogue.row_sizes[rows],
        catalogue.row_hashes[rows],
        catalogue.row_core[rows],
    )


class _Stretch(NamedTuple):
    """A run of packages whose tables are adjacent both before and after merging."""

    tables: Tables
    start: int
    end: int

    def versions(self) -> list[str]:
        """Return the names of the packages' versions."""
        first, last = self.tables.version_starts[[self.start, self.end]].tolist()
        return list(self.tables.versions[first:last])

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return keys, sizes, hashes and core flags, shape ``(rows,)``, and holders, shape ``(holders,)``."""
        contents = self.tables.contents
        first, last = contents.row_starts[[self.start, self.end]].tolist()
        begin, stop = contents.holder_starts[[first, last]].tolist()
        return (
            contents.row_keys[first:last],
            contents.row_sizes[first:last],
            contents.row_hashes[first:last],
            contents.row_core[first:last],
            contents.holders[begin:stop],
        )

    def bounds(self) -> tuple[NDArray[np.uint32], ...]:
        """Return the bounds of the versions, rows and holders; each of shape ``(runs + 1,)``."""
        contents = self.tables.contents
        first, last = contents.row_starts[[self.start, self.end]].tolist()
        return (
            self.tables.version_starts[self.start : self.end + 1],
            contents.row_starts[self.start : self.end + 1],
            contents.holder_starts[first : last + 1],
        )


def _stretches(shares: Sequence[_Share], count: int) -> list[_Stretch]:
    """Return the packages to take as the fewest runs, in the order of their merged numbers."""
    share, place = np.zeros(count, np.intp), np.zeros(count, np.intp)
    for number, (_, packages, numbers) in enumerate(shares):
        share[numbers], place[numbers] = number, packages
    breaks = np.flatnonzero((np.diff(share) != 0) | (np.diff(place) != 1)) + 1
    return [
        _Stretch(shares[share[start]].tables, int(place[start]), int(place[end - 1]) + 1)
        for start, end in pairwise([0, *breaks.tolist(), count])
    ]


def _gather(shares: Sequence[_Share], count: int) -> Tables:
    """Return tables in the order of the merged package numbers."""
    stretches = _stretches(shares, count)
    columns = zip(*(stretch.columns() for stretch in stretches), strict=True)
    bounds = zip(*(stretch.bounds() for stretch in stretches), strict=True)
    keys, sizes, hashes, core, holders = map(np.concatenate, columns)
    versions, rows, held = map(_chained, bounds)
    names = [name for stretch in stretches for name in stretch.versions()]
    return Tables(names, versions, Contents(rows, keys, sizes, hashes, core, held, holders))


def _chained(bounds: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Return the bounds of runs concatenated, each run beginning where the one before it ends."""
    lengths = [int(each[-1]) - int(each[0]) for each in bounds]
    before = np.cumsum([0, *lengths[:-1]]).tolist()
    moved = [each[1:] - each[0] + np.uint32(start) for each, start in zip(bounds, before, strict=True)]
    return np.concatenate([np.zeros(1, np.uint32), *moved])
