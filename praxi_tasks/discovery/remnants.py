"""Packages of which a layer has little, all of it in folders of another package that explains them better.

Some wheels bring a copy of another project's package, as it was years ago: its files are at the same paths as
those of a version that nobody learned. A package of an unknown version has more of its files, or some in a
folder of its own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.decision_rule import LIKELY
from praxi_tasks.discovery.versions import VersionEvidence, possible_versions
from praxi_tasks.fingerprint import PYTHON_ROOT, Tagset

MOST_COVERED: Final = 0.5
"""The share of a package's paths above which it counts as there, whoever else has them."""

MOST_AGREEING: Final = 0.25
"""The share of its measured files that are as some version has them, above which it does."""

MOST_SHARING: Final = 2
"""How many packages have files in a folder that is one's own: more share a namespace, as ``azure``."""


def without_remnants(
    tagset: Tagset, found: Candidates, confidence: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the confidence in each candidate, 0 in remnants, shape ``(n,)``.

    Parameters
    ----------
    confidence
        Shape ``(n,)``.
    """
    suspects = [place for place in np.flatnonzero(confidence >= LIKELY).tolist() if _is_thin(found, place)]
    if not suspects:
        return confidence
    hits = _hits_by_folder(tagset, found)
    left = confidence.copy()
    shared = (hits[confidence >= LIKELY] > 0).sum(axis=0) > MOST_SHARING
    for place in suspects:
        mine, rivals = hits[place], hits[(confidence >= LIKELY) & (np.arange(len(hits)) != place)]
        there = mine > 0
        is_outdone = (rivals.max(axis=0, initial=0)[there] > mine[there]).all()
        if is_outdone and not mine[-1] and not shared[there].any():
            left[place] = 0.0
    return left


def _is_thin(found: Candidates, place: int) -> bool:
    """Return whether a candidate's versions are known, few of its files there, and few of these theirs."""
    copies = found.copies.get(int(found.packages[place]), ())
    return bool(copies) and all(_is_thin_copy(copy.evidence) for copy in copies)


def _is_thin_copy(evidence: VersionEvidence) -> bool:
    covered = (evidence.present / np.maximum(evidence.expected, 1)).max(initial=0)
    agrees = evidence.agreeing_share >= MOST_AGREEING  # of NaN, as of byte code, that is false
    return bool(covered < MOST_COVERED and not agrees and not possible_versions(evidence).any())


def _hits_by_folder(tagset: Tagset, found: Candidates) -> NDArray[np.intp]:
    """Count candidates' files by Python's top folders, and last elsewhere: shape ``(n, folders + 1)``."""
    columns = tagset.normalised
    numbers: dict[str, int] = {}
    tops = [_top(folder) for folder in columns.folders]
    for top in tops:
        numbers.setdefault(top, len(numbers))
    rest = len(numbers)
    number = np.array([numbers[top] if top else rest for top in tops], np.intp)
    top_of = number[columns.folder_of[found.layer.rows[found.matches.keys]]]
    place = np.searchsorted(found.packages, found.matches.packages)
    count = len(found.packages)
    return np.bincount(place * (rest + 1) + top_of, minlength=count * (rest + 1)).reshape(count, rest + 1)


def _top(folder: str) -> str:
    """Return the folder directly below the one that Python imports from; nothing of files elsewhere."""
    return folder.removeprefix(PYTHON_ROOT).partition("/")[0] if folder.startswith(PYTHON_ROOT) else ""
