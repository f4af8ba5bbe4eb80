"""Files at a package's paths that another package put there.

Two wheels that both install ``docs/conf.py`` leave that of the one that came later. The first is no less
there, in its version, which the file does not contradict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.compared_copies import ComparedCopies, ComparedCopy
from praxi_tasks.discovery.copies import Copy
from praxi_tasks.discovery.versions import EDITED

Compare = Callable[[int, Copy, NDArray[np.intp]], ComparedCopy]
"""Compares a package's copy, but for some files: :meth:`Comparison.without` of ``compared_copies``."""

_Claims = defaultdict[int, list[tuple[int, NDArray[np.intp]]]]
"""By file, the packages that have it as it is, each with all of its files that are as released."""


def beside_overwritten(found: ComparedCopies, compare: Compare, files: int) -> ComparedCopies:
    """Compare copies of no known version anew, without the files that other packages overwrote.

    Parameters
    ----------
    found
        All copies of all packages.
    files
        How many files the layer has.

    Returns
    -------
    found
        The same, but for copies that have a version now.
    """
    found, settled = dict(found), True
    while settled:  # the file that contradicts a package may be of one that is settled only now
        settled = False
        unsettled = list(_unsettled(found))
        claims = _claims(found, [copy for _, _, copy in unsettled], files)
        for package, number, copy in unsettled:
            foreign = _overwritten(package, copy, claims)
            if len(foreign) and (better := compare(package, copy.copy, foreign)).has_version:
                found[package] = (*found[package][:number], better, *found[package][number + 1 :])
                settled = True
    return found


def _unsettled(found: ComparedCopies) -> Iterator[tuple[int, int, ComparedCopy]]:
    """Yield the copies of no known version that files contradict, with package and number."""
    for package, copies in found.items():
        for number, copy in enumerate(copies):
            evidence = copy.evidence
            if len(evidence.differing_files) and len(evidence.agreeing_files) and not copy.has_version:
                yield package, number, copy


def _claims(found: ComparedCopies, unsettled: list[ComparedCopy], files: int) -> _Claims:
    """Return which packages of a known version have the files that contradict others."""
    wanted, claims = np.zeros(files, np.bool_), _Claims(list)
    for copy in unsettled:
        wanted[copy.evidence.differing_files] = True
    for package, copies in found.items():
        for copy in copies:
            mine = copy.evidence.agreeing_files
            hits = mine[wanted[mine]]
            if len(hits) and copy.has_version:
                for file in hits.tolist():
                    claims[file].append((package, mine))
    return claims


def _overwritten(package: int, copy: ComparedCopy, claims: _Claims) -> NDArray[np.intp]:
    """Return the files of a copy that another package overwrote, shape ``(n,)``.

    It overwrote few: one that has more of them is a fork of the package, or a part of it.
    """
    most = max(1, int(EDITED * copy.evidence.measured))

    def is_incidental(other: int, theirs: NDArray[np.intp]) -> bool:
        return other != package and bool(np.count_nonzero(np.isin(theirs, copy.copy.rows)) <= most)

    files = copy.evidence.differing_files.tolist()
    foreign = [file for file in files if any(is_incidental(*each) for each in claims.get(file, ()))]
    return np.array(foreign, np.intp)
