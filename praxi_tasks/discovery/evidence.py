"""From what was decided to what is told: releases with versions and evidence, and the files left over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.prediction import ReleasePrediction, Unexplained
from praxi_tasks.discovery.unexplained import is_state, unexplained
from praxi_tasks.discovery.versions import tied_versions
from praxi_tasks.fingerprint.tagset import Tagset

PATHS: Final = 5
"""How many paths are given as evidence."""


class Told(NamedTuple):
    """What is said about a layer."""

    releases: tuple[ReleasePrediction, ...]
    unexplained: Unexplained


def tell(
    tagset: Tagset,
    found: Candidates,
    named: NDArray[np.intp],
    confidence: NDArray[np.float64],
    catalogue: Catalogue,
) -> Told:
    """Describe the candidates that are ``named`` (places among the candidates) and what they leave over."""
    packages = found.packages[named]
    releases = tuple(
        _release(tagset, found, int(package), float(confidence[place]), catalogue)
        for place, package in zip(named.tolist(), packages.tolist(), strict=True)
    )
    left = _left_over(tagset, found, packages, len(catalogue.packages))
    return Told(releases, unexplained(path for path in _paths(tagset, left) if not is_state(path)))


def _release(
    tagset: Tagset, found: Candidates, package: int, confidence: float, catalogue: Catalogue
) -> ReleasePrediction:
    ecosystem, _, name = catalogue.packages[package].partition("/")
    keys = found.matches.keys[found.matches.packages == package]
    versions: tuple[str, ...] = ()
    if (evidence := found.versions.get(package)) is not None:
        known = catalogue.versions_of(package)
        versions = tuple(known[number] for number in tied_versions(evidence).tolist())
    return ReleasePrediction(
        ecosystem=ecosystem,
        name=name,
        versions=versions,
        confidence=round(confidence, 4),
        evidence=tuple(_paths(tagset, _most_telling(found, keys)))
        or _folder_evidence(tagset, found, package),
        files=len(keys),
    )


def _most_telling(found: Candidates, keys: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows of a package's paths that fewest others have, what does its work first."""
    owners = np.bincount(found.matches.keys, minlength=len(found.layer.keys))[keys]
    order = np.lexsort((found.layer.rows[keys], ~found.layer.core[keys], owners))
    return found.layer.rows[keys[order[:PATHS]]]


def _folder_evidence(tagset: Tagset, found: Candidates, package: int) -> tuple[str, ...]:
    own = np.any(found.folder_owners == package, axis=1)
    return tuple(_paths(tagset, np.flatnonzero(own[tagset.normalised.folder_of])[:PATHS]))


def _paths(tagset: Tagset, rows: NDArray[np.intp]) -> Iterator[str]:
    return (tagset.paths[row] for row in rows.tolist())


def _left_over(tagset: Tagset, found: Candidates, packages: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the files that none of the named packages has."""
    if not len(tagset):
        return np.empty(0, np.intp)
    named = np.zeros(count + 1, np.bool_)  # one more, for the -1 of a folder that nobody owns
    named[packages] = True
    explained = np.zeros(len(found.layer.keys), np.bool_)
    explained[found.matches.keys[named[found.matches.packages]]] = True
    own = named[found.folder_owners[:, 0]] | named[found.folder_owners[:, 1]]
    below = own[tagset.normalised.folder_of]
    place = np.searchsorted(found.layer.keys, tagset.normalised.keys)
    return np.flatnonzero(~(explained[place] | below))
