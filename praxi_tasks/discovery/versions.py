"""Distinguishing the versions of one package by the sizes and contents of its files."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.copies import Copy
from praxi_tasks.fingerprint import Tagset

EDITED: Final = 0.05
"""The share of a release's files that may have been edited since: configured, patched."""

# Files in which projects state their version: one that differs is of another version, however alike the rest.
_STATING: Final = frozenset(
    """
    __init__.py _version.py version.py __version__.py _versions.py versions.py __about__.py _about.py about.py
    _version_info.py _meta.py __meta__.py __pkginfo__.py release.py VERSION VERSION.txt version.txt version
    version.json package.json bower.json composer.json version.js version.h version.rb DESCRIPTION
    changelog.Debian.gz changelog.Debian.amd64.gz changelog.Debian.arm64.gz
    """.split()  # noqa: SIM905 - a table of words
)


class VersionEvidence(NamedTuple):
    """What a layer shows of each known version of a package; arrays of shape ``(versions,)``.

    Parameters
    ----------
    present, expected
        How many of the version's core paths the layer has, and how many there are.
    agreeing, differing
        How many measured files are as the version has them, and how many are not.
    contradicting
        How many of the differing files are significant: they are known to change with most versions, or are
        where a version is stated.
    """

    present: NDArray[np.int64]
    expected: NDArray[np.int64]
    agreeing: NDArray[np.int64]
    differing: NDArray[np.int64]
    contradicting: NDArray[np.int64]

    @property
    def agreeing_share(self) -> float:
        """The share of measured files that are as the best version has them; NaN if none is measured."""
        measured = self.agreeing + self.differing
        return float((self.agreeing / np.maximum(measured, 1)).max()) if measured.any() else np.nan


def compare_versions(contents: PackageContents, count: int, copy: Copy, tagset: Tagset) -> VersionEvidence:
    """Compare a package's contents with the files of one copy of it in a layer.

    An empty file that no version fills shows nothing: anything has such files.

    Parameters
    ----------
    count
        How many versions of the package are known.
    """
    keys = contents.keys
    places = np.minimum(np.searchsorted(copy.keys, keys), max(len(copy.keys) - 1, 0))
    there = copy.keys[places] == keys if len(copy.keys) else np.zeros(len(keys), np.bool_)
    files = copy.rows[places] if len(copy.keys) else places
    sizes, hashes = contents.sizes, contents.hashes
    _, spelling, spellings = np.unique(keys, return_inverse=True, return_counts=True)
    alternatives = spellings[spelling]
    measured = there & tagset.measured[files] & ~tagset.normalised.derived[files]
    measured &= (alternatives > 1) | (sizes > 0) | (tagset.sizes[files] > 0)
    same = measured & (tagset.sizes[files] == sizes)
    comparable = (tagset.hashes[files] != 0) & (hashes != 0)
    same &= ~comparable | (tagset.hashes[files] == hashes)
    core = contents.core

    holders = contents.holders
    row_of = np.repeat(np.arange(len(keys)), np.diff(contents.holder_starts))

    def tally(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.asarray(np.bincount(holders[mask[row_of]], minlength=count), np.int64)

    significant = (2 * alternatives > count + 1) | _states_version(keys, files, measured & ~same, tagset)
    agreeing = tally(same)
    return VersionEvidence(
        present=tally(there & core),
        expected=tally(core),
        agreeing=agreeing,
        differing=_distinct(keys[measured]) - agreeing,
        contradicting=_distinct(keys[measured & significant]) - tally(same & significant),
    )


def _states_version(
    keys: NDArray[np.uint64], files: NDArray[np.intp], differing: NDArray[np.bool_], tagset: Tagset
) -> NDArray[np.bool_]:
    """Return which rows are of a path where a version is stated and that differs from some version.

    Parameters
    ----------
    keys, files, differing
        Of each row of a package's contents: its path, the layer's file there, and whether that differs;
        shape ``(rows,)`` each. Rows of one path follow each other.
    """
    candidates = np.flatnonzero(differing).tolist()
    stating = [row for row in candidates if tagset.paths[files[row]].rpartition("/")[2] in _STATING]
    return np.isin(keys, keys[stating])


def _distinct(keys: NDArray[np.uint64]) -> int:
    """Count distinct keys among sorted ones, shape ``(n,)``."""
    return int(np.count_nonzero(keys[1:] != keys[:-1])) + 1 if len(keys) else 0


def possible_versions(evidence: VersionEvidence) -> NDArray[np.bool_]:
    """Return which versions the files may be of, shape ``(versions,)``.

    Where no file shows its content none may: a version that is not known may have the same paths. A few files
    may have been edited after installation. That does not rule a version out while all the files that do
    change between versions, or state one, are as released: a new version would have changed those.
    """
    measured = evidence.agreeing + evidence.differing
    edited = EDITED if len(evidence.present) > 1 else EDITED / 2
    return np.asarray(
        (evidence.agreeing > 0)
        & (evidence.contradicting == 0)
        & (evidence.differing <= np.floor(edited * measured))
    )


def tied_versions(evidence: VersionEvidence) -> NDArray[np.intp]:
    """Return the indices of the versions that fit equally well, shape ``(k,)``; none if no known one fits."""
    possible = np.flatnonzero(possible_versions(evidence))
    if not len(possible):
        return possible
    differing = evidence.differing[possible]
    tied = possible[differing == differing.min()]
    missing = (evidence.expected - evidence.present)[tied]
    return np.asarray(tied[missing == missing.min()])
