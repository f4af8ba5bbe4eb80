"""Explains a decision: releases with versions and evidence, and the files that none of them explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.prediction import LookAlike, ReleasePrediction
from praxi_tasks.discovery.release_experts import Versions
from praxi_tasks.discovery.same_content import SameContent
from praxi_tasks.discovery.versions import denied_versions, possible_versions, tied_versions
from praxi_tasks.fingerprint import Form, PathKind, Tagset
from praxi_tasks.printable import printable

_UNDECIDED: Final[Versions] = {}
PATHS: Final = 5
"""How many paths are given as evidence."""

SAMPLE: Final = 12
"""How many of a release's paths are given besides, from all over it."""


class Explanation(NamedTuple):
    """The named releases of a layer, and what only looks like known packages.

    Parameters
    ----------
    left_over
        Rows of the files that neither explains, ascending, shape ``(n,)``.
    doubtful
        Rows of the others that no named release has: those of look-alikes, ascending, shape ``(m,)``.
    """

    releases: tuple[ReleasePrediction, ...]
    look_alikes: tuple[LookAlike, ...]
    left_over: NDArray[np.intp]
    doubtful: NDArray[np.intp]

    @property
    def open_rows(self) -> NDArray[np.intp]:
        """The files whose contents may yet name somebody, ascending, shape ``(k,)``."""
        return np.union1d(self.left_over, self.doubtful)


def explain(
    tagset: Tagset,
    found: Candidates,
    named: NDArray[np.intp],
    confidence: NDArray[np.float64],
    versions: Versions = _UNDECIDED,
) -> Explanation:
    """Describe the named candidates and tell which files they leave unexplained.

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
    explainer = _Explainer(tagset, found, versions)
    ties = _ties(found, confidence)
    releases = tuple(
        release
        for place in found.genuine(named).tolist()
        for release in explainer.releases(place, float(confidence[place]), ties.get(place, ()))
    )
    look_alikes = tuple(each for place in named.tolist() for each in explainer.look_alikes(place))
    count = len(found.catalogue.packages)
    left = _left_over(tagset, found, found.packages[named], count)
    own = _left_over(tagset, found, found.packages[found.genuine(named)], count) if look_alikes else left
    return Explanation(releases, look_alikes, left, np.setdiff1d(own, left))


def with_copies(tagset: Tagset, explanation: Explanation, copies: Sequence[SameContent]) -> Explanation:
    """Add the releases that contents name to those that paths name; what is named already stays as it is."""
    if not copies:
        return explanation
    named = {(f"{each.ecosystem}/{each.name}", each.versions) for each in explanation.releases}
    added = (_copy(tagset, each) for each in copies if (each.package, each.versions) not in named)
    rows = np.array(sorted(row for each in copies for row in each.rows), np.intp)
    return explanation._replace(
        releases=(*explanation.releases, *added), left_over=np.setdiff1d(explanation.left_over, rows)
    )


def _copy(tagset: Tagset, copy: SameContent) -> ReleasePrediction:
    ecosystem, _, name = copy.package.partition("/")
    paths = [printable(tagset.paths[row]) for row in copy.rows]
    return ReleasePrediction(
        ecosystem=ecosystem,
        name=name,
        versions=copy.versions,
        confidence=round(copy.confidence, 4),
        evidence=tuple(paths[:PATHS]),
        files=len(paths),
        sample=tuple(printable(tagset.paths[row]) for row in _spread(np.array(copy.rows, np.intp)).tolist()),
        ties=copy.ties,
        same_as=tuple(map(printable, copy.paths[:PATHS])),
    )


class _Shown(NamedTuple):
    """One copy of a candidate: its root, and its files by how much they show."""

    root: str
    rows: NDArray[np.intp]


class _Explainer:
    """Describes candidates of one layer; what all of them need is computed once."""

    def __init__(self, tagset: Tagset, found: Candidates, decided: Versions) -> None:
        self._tagset, self._found, self._catalogue = tagset, found, found.catalogue
        self._decided = decided
        keys = found.matches.keys
        shared = np.bincount(keys, minlength=len(found.layer.keys))[keys]
        # By package, then: what fewest others have, what does its work, what comes first in the layer.
        order = np.lexsort((found.layer.rows[keys], ~found.layer.core[keys], shared, found.matches.packages))
        self._rows = found.layer.rows[keys[order]]
        packages = found.matches.packages[order]
        self._starts = np.searchsorted(packages, found.packages, side="left").tolist()
        self._ends = np.searchsorted(packages, found.packages, side="right").tolist()

    def releases(self, place: int, confidence: float, ties: Sequence[int]) -> Iterator[ReleasePrediction]:
        """Describe a candidate by its index, once for each version that a copy of it is of.

        Parameters
        ----------
        ties
            Indices of the candidates that it ties with.
        """
        package = int(self._found.packages[place])
        ecosystem, _, name = self._catalogue.packages[package].partition("/")
        told: set[tuple[str, ...]] = set()
        for number, copy in enumerate(self._copies(place)):
            versions = self._versions(place, package, number)
            if versions in told or self._looks_alike(package, number):
                continue
            told.add(versions)
            evidence = tuple(_paths(self._tagset, copy.rows[:PATHS]))
            evidence = evidence or _folder_evidence(self._tagset, self._found, package)
            yield ReleasePrediction(
                ecosystem=ecosystem,
                name=name,
                versions=versions,
                confidence=round(confidence, 4),
                evidence=tuple(map(printable, evidence)),
                files=len(copy.rows),
                sample=tuple(map(printable, _paths(self._tagset, _spread(copy.rows)))),
                ties=tuple(self._catalogue.packages[self._found.packages[other]] for other in ties),
                root=printable(copy.root),
                denied=() if versions else self._denied(package, number),
            )

    def look_alikes(self, place: int) -> Iterator[LookAlike]:
        """Describe the copies of a candidate that only look like it; links or metadata alone are nobody's."""
        package = int(self._found.packages[place])
        ecosystem, _, name = self._catalogue.packages[package].partition("/")
        for number, copy in enumerate(self._copies(place)):
            is_told = self._found.hollow[place] and not self._are_void(copy.rows)
            if is_told or self._looks_alike(package, number):
                evidence = tuple(map(printable, _paths(self._tagset, copy.rows[:PATHS])))
                yield LookAlike(ecosystem, name, len(copy.rows), evidence, printable(copy.root))

    def _are_void(self, rows: NDArray[np.intp]) -> bool:
        """Return whether some files are links throughout, or metadata."""
        forms = self._tagset.forms
        links = bool(len(forms) and np.isin(forms[rows], (Form.LINK, Form.OTHER_LINK)).all())
        return links or bool((self._tagset.normalised.kinds[rows] == PathKind.METADATA).all())

    def _looks_alike(self, package: int, number: int) -> bool:
        copies = self._found.copies.get(package, ())
        return number < len(copies) and copies[number].look_alike

    def _copies(self, place: int) -> Iterator[_Shown]:
        """Yield the copies of a candidate, one at least, with their files by how much these show."""
        rows = self._rows[self._starts[place] : self._ends[place]]
        copies = self._found.copies.get(int(self._found.packages[place]), ())
        if len(copies) < 2:
            yield _Shown(copies[0].copy.root if copies else "", rows)
            return
        layer = self._found.layer
        keys = layer.keys[layer.key_of[rows]]
        for copy, *_ in copies:
            places = np.minimum(np.searchsorted(copy.keys, keys), len(copy.keys) - 1)
            yield _Shown(copy.root, copy.rows[places[copy.keys[places] == keys]])

    def _versions(self, place: int, package: int, number: int) -> tuple[str, ...]:
        if not (copies := self._found.copies.get(package, ())):
            return ()
        evidence, known = copies[number].evidence, copies[number].versions
        if (decided := self._decided.get(place)) is None:
            return tuple(known[each] for each in tied_versions(evidence).tolist())
        possible = {known[each] for each in np.flatnonzero(possible_versions(evidence)).tolist()}
        return tuple(version for version in decided[number] if version in possible)

    def _denied(self, package: int, number: int) -> tuple[str, ...]:
        copies = self._found.copies.get(package, ())
        if not copies or not copies[number].is_judged:
            return ()
        known = copies[number].versions
        return tuple(known[each] for each in denied_versions(copies[number].evidence).tolist())


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
