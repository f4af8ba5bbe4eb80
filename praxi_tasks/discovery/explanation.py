"""Explains a decision: releases with versions and evidence, and the files that none of them explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.prediction import ReleasePrediction, Unexplained
from praxi_tasks.discovery.release_experts import Versions
from praxi_tasks.discovery.unexplained import unexplained
from praxi_tasks.discovery.versions import tied_versions
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.printable import printable

_UNDECIDED: Final[Versions] = {}
PATHS: Final = 5
"""How many paths are given as evidence."""

SAMPLE: Final = 12
"""How many of a release's paths are given besides, from all over it."""


class Explanation(NamedTuple):
    """The named releases of a layer, and its unexplained files."""

    releases: tuple[ReleasePrediction, ...]
    unexplained: Unexplained


def explain(
    tagset: Tagset,
    found: Candidates,
    named: NDArray[np.intp],
    confidence: NDArray[np.float64],
    catalogue: Catalogue,
    versions: Versions = _UNDECIDED,
) -> Explanation:
    """Describe the named candidates and the files that they leave unexplained.

    Parameters
    ----------
    named
        Indices of the named candidates, in the order of the result, shape ``(k,)``.
    confidence
        Of each candidate, shape ``(n,)``.
    versions
        Of candidates that a release expert decided on; the others' versions follow from their files'
        contents.
    """
    explainer = _Explainer(tagset, found, catalogue, versions)
    ties = _ties(found, confidence)
    releases = tuple(
        explainer.release(place, float(confidence[place]), ties.get(place, ())) for place in named.tolist()
    )
    left = _left_over(tagset, found, found.packages[named], len(catalogue.packages))
    return Explanation(releases, unexplained(_paths(tagset, left)))


class _Explainer:
    """Describes candidates of one layer; what all of them need is computed once."""

    def __init__(self, tagset: Tagset, found: Candidates, catalogue: Catalogue, decided: Versions) -> None:
        self._tagset, self._found, self._catalogue = tagset, found, catalogue
        self._decided = decided
        keys = found.matches.keys
        shared = np.bincount(keys, minlength=len(found.layer.keys))[keys]
        # By package, then: what fewest others have, what does its work, what comes first in the layer.
        order = np.lexsort((found.layer.rows[keys], ~found.layer.core[keys], shared, found.matches.packages))
        self._rows = found.layer.rows[keys[order]]
        packages = found.matches.packages[order]
        self._starts = np.searchsorted(packages, found.packages, side="left").tolist()
        self._ends = np.searchsorted(packages, found.packages, side="right").tolist()

    def release(self, place: int, confidence: float, ties: Sequence[int]) -> ReleasePrediction:
        """Describe one candidate by its index, and name those that it ties with."""
        package = int(self._found.packages[place])
        ecosystem, _, name = self._catalogue.packages[package].partition("/")
        rows = self._rows[self._starts[place] : self._ends[place]]
        evidence = tuple(_paths(self._tagset, rows[:PATHS]))
        return ReleasePrediction(
            ecosystem=ecosystem,
            name=name,
            versions=self._versions(place, package),
            confidence=round(confidence, 4),
            evidence=tuple(map(printable, evidence or _folder_evidence(self._tagset, self._found, package))),
            files=len(rows),
            sample=tuple(map(printable, _paths(self._tagset, _spread(rows)))),
            ties=tuple(self._catalogue.packages[self._found.packages[other]] for other in ties),
        )

    def _versions(self, place: int, package: int) -> tuple[str, ...]:
        if (decided := self._decided.get(place)) is not None:
            return decided
        if (evidence := self._found.versions.get(package)) is None:
            return ()
        known = self._catalogue.versions_of(package)
        return tuple(known[number] for number in tied_versions(evidence).tolist())


def _ties(found: Candidates, confidence: NDArray[np.float64]) -> dict[int, list[int]]:
    """Return for each candidate those that retain the same files and are at least half as likely."""
    return {
        place: [other for other in group if other != place and confidence[other] >= confidence[place] / 2]
        for group in found.indistinguishable
        for place in group
    }


def _spread(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return up to :data:`SAMPLE` evenly spaced rows, ascending."""
    if len(rows) <= SAMPLE:
        return np.sort(rows)
    return np.asarray(np.sort(rows)[np.arange(SAMPLE) * (len(rows) - 1) // (SAMPLE - 1)])


def _folder_evidence(tagset: Tagset, found: Candidates, package: int) -> tuple[str, ...]:
    own = np.any(found.folder_owners == package, axis=1)
    return tuple(_paths(tagset, np.flatnonzero(own[tagset.normalised.folder_of])[:PATHS]))


def _paths(tagset: Tagset, rows: NDArray[np.intp]) -> Iterator[str]:
    return (tagset.paths[row] for row in rows.tolist())


def _left_over(tagset: Tagset, found: Candidates, packages: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the rows of the files that none of the named packages has, ascending."""
    if not len(tagset):
        return np.empty(0, np.intp)
    named = np.zeros(count + 1, np.bool_)  # one more, for the -1 of a folder that nobody owns
    named[packages] = True
    explained = np.zeros(len(found.layer.keys), np.bool_)
    explained[found.matches.keys[named[found.matches.packages]]] = True
    own = named[found.folder_owners[:, 0]] | named[found.folder_owners[:, 1]]
    below = own[tagset.normalised.folder_of]
    return np.flatnonzero(~(explained[found.layer.key_of] | below))
