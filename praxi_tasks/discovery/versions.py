"""Distinguishing the versions of one package by the sizes and contents of its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.compiled_versions import CompiledEvidence, compare_byte_code
from praxi_tasks.discovery.copies import Copy
from praxi_tasks.discovery.file_roles import (
    is_changed_by_versions,
    is_edited,
    is_library,
    is_telling,
    is_written,
    names_version,
    states_version,
)
from praxi_tasks.discovery.version_tally import VersionTally
from praxi_tasks.fingerprint import UNKNOWN_SIZE, PathKind, Tagset, is_published, same_contents

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

    An empty file that no version fills shows nothing: anything has such files. Nor does one of which some
    version has the path alone. Where a file agrees that changes with every version, libraries that no version
    has as they are contradict none.

    Parameters
    ----------
    versions
        Those that are known of the package.
    foreign
        Which of the layer's files another package put there, if known, shape ``(files,)``: unless they are as
        a version has them they show nothing.
    """
    keys, sizes, count = contents.keys, contents.sizes, len(versions)
    rows = _compare_rows(contents, copy, tagset)
    if foreign is not None:
        rows = rows.without(foreign)
    files, same, differs = rows.files, rows.same, rows.measured & ~rows.same
    counted = VersionTally(contents, count)
    tally = counted.paths
    code = _named(files, differs, tagset, is_changed_by_versions)
    library = _named(files, differs, tagset, is_library)
    code |= library & ~_is_smaller(files, sizes, tagset)
    significant = (2 * rows.alternatives > count + 1) | np.isin(keys, keys[code])
    present, agreeing = tally(rows.there & contents.core), tally(same)
    rebuilt = _rebuilt(keys, library, same)
    sure = same & rows.comparable
    shown = tally(sure & counted.varying) > 0 if differs.any() else np.ones(count, np.bool_)
    proven = shown if shown.all() else shown | (tally(_named(files, sure, tagset, names_version)) > 0)
    fixed = np.isin(keys, keys[differs & ~_may_be_edited(files, sizes, differs, tagset)])

    def differing(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        there = np.where(shown, _distinct(keys[mask & ~rebuilt]), _distinct(keys[mask]))
        return np.asarray(there - tally(mask & same), np.int64)

    unmeasured = rows.there & tagset.normalised.derived[files]
    unreadable = bool(unmeasured.any() and _named(files, unmeasured, tagset, states_version).any())
    telling = agreeing
    if unreadable or ((agreeing > 0) & (agreeing < SHOWN * present)).any():
        telling = tally(sure & ((rows.alternatives > 1) | _named(files, sure, tagset, is_telling)))
    return VersionEvidence(
        present=present,
        expected=tally(contents.core),
        agreeing=agreeing,
        differing=differing(rows.measured),
        contradicting=np.where(
            proven,
            differing(rows.measured & significant),
            differing(rows.measured & (significant | fixed)),
        ),
        telling=telling,
        unreadable=unreadable,
        compiled=compare_byte_code(contents, versions, tagset, files, rows.there, counted),
        agreeing_files=files[sure],
        differing_files=np.setdiff1d(files[differs], files[same]),
    )


class _ComparedRows(NamedTuple):
    """A package's contents, row by row, beside a copy's files; all of shape ``(rows,)``.

    Parameters
    ----------
    files
        The file at a row's path; any where there is none.
    there
        Whether there is one.
    measured, same
        Whether its content can be compared, and is that of the row.
    comparable
        Whether that is told by the content, and not by the size alone.
    alternatives
        How many contents of the path are known.
    """

    files: NDArray[np.intp]
    there: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    same: NDArray[np.bool_]
    comparable: NDArray[np.bool_]
    alternatives: NDArray[np.intp]

    def without(self, foreign: NDArray[np.bool_]) -> _ComparedRows:
        """Return the same where some files, shape ``(files,)``, can't be compared but are seen to agree."""
        return self._replace(measured=self.measured & (self.same | ~foreign[self.files]))


def _compare_rows(contents: PackageContents, copy: Copy, tagset: Tagset) -> _ComparedRows:
    keys, sizes, hashes = contents.keys, contents.sizes, contents.hashes
    places = np.minimum(np.searchsorted(copy.keys, keys), max(len(copy.keys) - 1, 0))
    there = copy.keys[places] == keys if len(copy.keys) else np.zeros(len(keys), np.bool_)
    files = copy.rows[places] if len(copy.keys) else places
    alternatives = _alternatives(keys, sizes, hashes)
    measured = there & tagset.measured[files] & ~tagset.normalised.derived[files]
    metadata = tagset.normalised.kinds[files] == PathKind.METADATA
    measured &= ~_named(files, measured & metadata, tagset, is_written)
    measured &= (alternatives > 1) | (sizes > 0) | (tagset.sizes[files] > 0)
    measured &= ~np.isin(keys, keys[sizes == UNKNOWN_SIZE])
    same = measured & (tagset.sizes[files] == sizes)
    alike, comparable = same_contents(hashes, tagset.hashes[files], tagset.published_column()[files])
    return _ComparedRows(files, there, measured, same & (~comparable | alike), comparable, alternatives)


def _rebuilt(
    keys: NDArray[np.uint64], library: NDArray[np.bool_], same: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which rows are of a library that no version has as it is; all of shape ``(rows,)``.

    Wheels for other interpreters, and what a site built itself, have other libraries beside the same code.
    """
    return np.isin(keys, np.setdiff1d(keys[library], keys[same])) if library.any() else library


def _is_smaller(files: NDArray[np.intp], sizes: NDArray[np.uint64], tagset: Tagset) -> NDArray[np.bool_]:
    """Return which rows are of a file that is smaller, as if stripped, and not empty; shape ``(rows,)``."""
    own = tagset.sizes[files]
    return np.asarray((own < sizes) & (own > 0))


def _may_be_edited(
    files: NDArray[np.intp], sizes: NDArray[np.uint64], differs: NDArray[np.bool_], tagset: Tagset
) -> NDArray[np.bool_]:
    """Return which rows that differ are of a file that people edit or a tool strips, shape ``(rows,)``."""
    document = np.isin(tagset.normalised.kinds[files], (PathKind.DOC, PathKind.MAN, PathKind.LOCALE))
    compiled = _named(files, differs, tagset, is_library)
    compiled |= tagset.build_ids.column(len(tagset))[files] != 0
    stripped = compiled & _is_smaller(files, sizes, tagset)
    return np.asarray(document | stripped | _named(files, differs & ~compiled, tagset, is_edited))


def _alternatives(
    keys: NDArray[np.uint64], sizes: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> NDArray[np.intp]:
    """Return for each row how many contents of its path are known to differ, shape ``(rows,)``.

    Rows are sorted by path, size and hash. Of two of one size, one without a hash, nobody knows, nor of two
    that are known by digests of two kinds.
    """
    _, path, rows = np.unique(keys, return_inverse=True, return_counts=True)
    again = np.zeros(len(keys), np.bool_)
    again[1:] = (keys[1:] == keys[:-1]) & (sizes[1:] == sizes[:-1])
    by_size = rows - np.bincount(path, again, len(rows)).astype(np.intp)
    published = np.bincount(path, is_published(hashes), len(rows))
    unknown = (np.bincount(path, hashes == 0, len(rows)) > 0) | ((published > 0) & (published < rows))
    return np.asarray(np.where(unknown, by_size, rows)[path])


def _named(
    files: NDArray[np.intp], mask: NDArray[np.bool_], tagset: Tagset, wanted: Callable[[str], bool]
) -> NDArray[np.bool_]:
    """Return which rows of a mask are of a file whose path is ``wanted``; rows of shape ``(rows,)`` each."""
    found = np.zeros(len(files), np.bool_)
    rows = np.flatnonzero(mask)
    if not len(rows):
        return found
    asked = files[rows]  # in the order of paths, of which there may be several contents
    new = np.append(True, asked[1:] != asked[:-1])
    answers = np.array([wanted(tagset.paths[file]) for file in asked[new].tolist()], np.bool_)
    found[rows] = answers[np.cumsum(new) - 1]
    return found


def _distinct(keys: NDArray[np.uint64]) -> int:
    """Count distinct keys among sorted ones, shape ``(n,)``."""
    return int(np.count_nonzero(keys[1:] != keys[:-1])) + 1 if len(keys) else 0


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
