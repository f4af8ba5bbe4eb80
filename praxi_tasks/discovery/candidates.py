"""The packages that a layer has evidence of, with the features by which the scorer decides on each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, among
from praxi_tasks.discovery.compared_copies import ComparedCopies, Comparison
from praxi_tasks.discovery.features import Measures
from praxi_tasks.discovery.hollow import hollow_candidates
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.matching import LayerKeys, Matches, folder_hashes, match_folders, match_keys
from praxi_tasks.discovery.overwritten import beside_overwritten
from praxi_tasks.discovery.versions import VersionEvidence
from praxi_tasks.fingerprint import PYTHON_ROOT, Tagset


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The packages with evidence in a layer, and their features.

    Parameters
    ----------
    catalogue
        What is known of the layer's paths; it numbers the packages.
    layer
        The layer's distinct paths.
    matches
        Which of them belong to which packages.
    packages
        The candidates: package numbers of the catalogue, ascending, shape ``(n,)``.
    features
        Those of :data:`~praxi_tasks.discovery.features.FEATURES`, shape ``(n, len(FEATURES))``; NaN where
        one is unknown.
    copies
        By package number, for packages whose versions are known: what each copy shows of them, the fullest
        first.
    folder_owners
        Package numbers of the owners of each of the layer's folders, -1 for none, shape ``(folders, 2)``.
    indistinguishable
        Groups of candidates (indices into ``packages``) that retain the same paths: those first whose
        contents are there, then the shortest name.
    hollow
        Which candidates have no file that could be of a package, shape ``(n,)``.
    """

    catalogue: LayerCatalogue
    layer: LayerKeys
    matches: Matches
    packages: NDArray[np.intp]
    features: NDArray[np.float32]
    copies: ComparedCopies
    folder_owners: NDArray[np.intp]
    indistinguishable: tuple[tuple[int, ...], ...]
    hollow: NDArray[np.bool_]

    def genuine(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of some candidates that are not look-alikes in every copy; shape ``(k,)``."""
        genuine = [
            not copies or not all(copy.look_alike for copy in copies)
            for copies in (self.copies.get(package) for package in self.packages[places].tolist())
        ]
        return places[np.array(genuine, np.bool_) & ~self.hollow[places]]


def find_candidates(tagset: Tagset, lookup: Lookup, suite: str = "") -> Candidates:
    """Match a layer's files with what is known and compute the features of each candidate.

    Parameters
    ----------
    suite
        The pack of the suite that the layer's image says it is of, if it does.
    """
    layer = LayerKeys.of(tagset.normalised)
    columns = tagset.normalised
    keys, first = np.unique(layer.keys, return_index=True)
    homes = [columns.folders[at] for at in columns.folder_of[layer.rows[first]].tolist()]
    catalogue = lookup.of_layer(keys, folder_hashes(columns.folders), suite, homes)
    matches = match_keys(layer, catalogue)
    owners = _at_home(match_folders(tagset.normalised.folders, catalogue), tagset, catalogue)
    files = _files_in_folders(tagset, len(owners))
    # A folder alone names nobody: what lies in it may be of those who share it, known or not.
    there = np.zeros(len(catalogue.packages) + 1, np.bool_)
    there[matches.packages] = True
    packages, owners = np.flatnonzero(there), np.where(there[owners], owners, -1)
    comparison = Comparison(tagset, catalogue, layer)
    copies = beside_overwritten(comparison.of(packages), comparison.without, len(tagset))
    measures = Measures(tagset, catalogue, layer, matches, packages, _evidence(copies), owners)
    features = measures.table([_below(count, owners, packages) for count in files])
    return Candidates(
        catalogue,
        layer,
        matches,
        packages,
        features,
        copies,
        owners,
        _shown_first(measures.indistinguishable(), packages, copies),
        hollow_candidates(tagset, layer, matches, packages, _judged(copies), catalogue),
    )


def _shown_first(
    groups: tuple[tuple[int, ...], ...],
    packages: NDArray[np.intp],
    copies: ComparedCopies,
) -> tuple[tuple[int, ...], ...]:
    """Put those candidates of each group first of which a file is as a known version has it."""

    def shown(place: int) -> bool:
        return any(each.evidence.agreeing.any() for each in copies.get(int(packages[place]), ()))

    return tuple(tuple(sorted(group, key=lambda place: not shown(place))) for group in groups)


def _at_home(owners: NDArray[np.intp], tagset: Tagset, catalogue: LayerCatalogue) -> NDArray[np.intp]:
    """Return the owners of folders, but for those of a folder in which they install nothing.

    Those are packages of the distribution in another folder that Python imports from than its own, and all
    other packages in that. Owners are of shape ``(folders, 2)``.
    """
    columns = tagset.normalised
    python = np.array([folder.startswith(PYTHON_ROOT) for folder in columns.folders], np.bool_)
    system, other = np.zeros(len(owners), np.bool_), np.zeros(len(owners), np.bool_)
    system[columns.folder_of[columns.system]] = True
    other[columns.folder_of[~columns.system]] = True
    native = np.append(catalogue.native, False)[owners]
    home = np.where(native, system[:, None], other[:, None])
    return np.where(home | ~python[:, None], owners, -1)


def _judged(copies: ComparedCopies) -> list[int]:
    """Return the packages whose files are compared with contents that the layer may have."""
    return [package for package, found in copies.items() if any(copy.is_judged for copy in found)]


def _evidence(copies: ComparedCopies) -> dict[int, tuple[VersionEvidence, ...]]:
    return {package: tuple(each.evidence for each in found) for package, found in copies.items()}


def _files_in_folders(tagset: Tagset, folders: int) -> NDArray[np.intp]:
    """Count the files in each folder, shape ``(2, folders)``: those of kinds in ``CORE``, and the rest."""
    columns = tagset.normalised
    return np.bincount(
        columns.folder_of + folders * ~among(columns.kinds, CORE), minlength=2 * folders
    ).reshape(2, folders)


def _below(
    files: NDArray[np.intp], owners: NDArray[np.intp], packages: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Count the files below each candidate's exclusive folders.

    Parameters
    ----------
    files
        How many files are in each folder, shape ``(folders,)``.
    owners
        See :class:`Candidates`, shape ``(folders, 2)``.
    packages
        The candidates, shape ``(n,)``.

    Returns
    -------
    below
        Shape ``(n,)``.
    """
    below = np.zeros(len(packages))
    for column in range(2 if np.any(owners[:, 0] != owners[:, 1]) else 1):
        owned = np.flatnonzero((owners[:, column] >= 0) & (files > 0))
        place = np.searchsorted(packages, owners[owned, column])
        below += np.bincount(place, files[owned], minlength=len(packages))
    return below
