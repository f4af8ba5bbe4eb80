"""Distinguishing the versions of one package by the sizes and contents of its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.compared_rows import ComparedRows, compare_rows
from praxi_tasks.discovery.compiled_versions import CompiledEvidence, compare_byte_code
from praxi_tasks.discovery.copies import Copy
from praxi_tasks.discovery.differences import Differences
from praxi_tasks.discovery.file_roles import is_telling, states_version
from praxi_tasks.discovery.version_tally import VersionTally
from praxi_tasks.fingerprint import Tagset

EDITED: Final = 0.05
"""The share of a release's files that may have been edited since: configured, patched."""

SHOWN: Final = 0.25
"""Of the files that are left of a release, the share whose content has to be as it has them.

Beside byte code little else can be compared than what seldom changes: a marker, a licence, a template.
"""


class VersionEvidence(NamedTuple):
    """What a layer shows of each known version of a package; arrays of shape ``(versions,)``.

    Parameters
    ----------
    present, expected
        How many of the version's core paths the layer has, and how many there are.
    agreeing, differing
        How many measured files are as the version has them, and how many are not.
    contradicting
        How many of the differing files are significant: they are known to change with most versions, state
        one, or are code. A library that is smaller may have been stripped. Where no file agrees that shows
        the version, because its content varies or its name says so, each is that people do not edit.
    telling
        How many of the agreeing files show that it is this version, as far as that matters: their content is
        known, and changes between versions, states one, or is compiled.
    unreadable
        Whether files that state a version are there as byte code only.
    compiled
        What byte code says of its sources.
    agreeing_files, differing_files
        The layer's files whose content is that of some version, and those that have that of none, shape
        ``(n,)`` each.
    """

    present: NDArray[np.int64]
    expected: NDArray[np.int64]
    agreeing: NDArray[np.int64]
    differing: NDArray[np.int64]
    contradicting: NDArray[np.int64]
    telling: NDArray[np.int64]
    unreadable: bool
    compiled: CompiledEvidence
    agreeing_files: NDArray[np.intp]
    differing_files: NDArray[np.intp]

    @property
    def measured(self) -> int:
        """How many files have a content that could be compared."""
        return int((self.agreeing + self.differing).max(initial=0))

    @property
    def agreeing_share(self) -> float:
        """The share of measured files that are as the best version has them; NaN if none is measured."""
        measured = self.agreeing + self.differing
        return float((self.agreeing / np.maximum(measured, 1)).max()) if measured.any() else np.nan


def compare_versions(
    contents: PackageContents,
    versions: Sequence[str],
    copy: Copy,
    tagset: Tagset,
    foreign: NDArray[np.bool_] | None = None,
) -> VersionEvidence:
    """Compare a package's contents with the files of one copy of it in a layer.

    Parameters
    ----------
    versions
        Those that are known of the package.
    foreign
        Which of the layer's files another package put there, if known, shape ``(files,)``: unless they are as
        a version has them they show nothing.
    """
    rows = compare_rows(contents, copy, tagset)
    if foreign is not None:
        rows = rows.without(foreign)
    counted = VersionTally(contents, len(versions))
    differences = Differences(rows, counted)
    present, agreeing = counted.paths(rows.there & contents.core), counted.paths(rows.same)
    unmeasured = rows.there & tagset.normalised.derived[rows.files]
    unreadable = bool(unmeasured.any() and rows.named(unmeasured, states_version).any())
    is_little = unreadable or ((agreeing > 0) & (agreeing < SHOWN * present)).any()
    return VersionEvidence(
        present=present,
        expected=counted.paths(contents.core),
        agreeing=agreeing,
        differing=differences.counts(),
        contradicting=differences.contradicting(),
        telling=_telling(rows, counted) if is_little else agreeing,
        unreadable=unreadable,
        compiled=compare_byte_code(contents, versions, tagset, rows.files, rows.there, counted),
        agreeing_files=rows.files[rows.sure],
        differing_files=np.setdiff1d(rows.files[rows.differs], rows.files[rows.same]),
    )


def _telling(rows: ComparedRows, counted: VersionTally) -> NDArray[np.int64]:
    """Count for each version the files that agree and show that it is this one, shape ``(versions,)``."""
    return counted.paths(rows.sure & ((rows.alternatives > 1) | rows.named(rows.sure, is_telling)))


def possible_versions(evidence: VersionEvidence) -> NDArray[np.bool_]:
    """Return which versions the files may be of, shape ``(versions,)``.

    Where no file shows its content none may: a version that is not known may have the same paths. A few files
    may have been edited after installation. That does not rule a version out while all the files that do
    change between versions, state one, or are code are as released: a new version would have changed those.
    Nor may one of which nothing but documents is there, or any where all that agrees seldom changes, and is
    little of what is there (see :data:`SHOWN`), or what states a version can't be read, but where byte code
    tells it.
    """
    measured = evidence.agreeing + evidence.differing
    edited = EDITED if len(evidence.present) > 1 else EDITED / 2
    told, denied = evidence.compiled.told, evidence.compiled.denied
    shown = (evidence.agreeing >= SHOWN * evidence.present) & (not evidence.unreadable)
    return np.asarray(
        ((evidence.present > 0) | (evidence.expected == 0))
        & (evidence.contradicting == 0)
        & (evidence.differing <= np.floor(edited * measured))
        & ((evidence.agreeing > 0) & (shown | (evidence.telling > 0)) | told)
        & ~denied
    )


def denied_versions(evidence: VersionEvidence) -> NDArray[np.intp]:
    """Return the indices of the versions that a significant file contradicts, ascending, shape ``(k,)``."""
    return np.flatnonzero((evidence.contradicting > 0) | evidence.compiled.denied)


def tied_versions(evidence: VersionEvidence) -> NDArray[np.intp]:
    """Return the indices of the versions that fit equally well, shape ``(k,)``; none if no known one fits."""
    possible = np.flatnonzero(possible_versions(evidence))
    if not len(possible):
        return possible
    differing = evidence.differing[possible]
    tied = possible[differing == differing.min()]
    missing = (evidence.expected - evidence.present)[tied]
    return np.asarray(tied[missing == missing.min()])
