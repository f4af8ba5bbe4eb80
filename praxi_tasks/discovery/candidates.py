"""The packages that a layer has evidence of, with the features by which the scorer decides on each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, Catalogue, among
from praxi_tasks.discovery.features import Measures
from praxi_tasks.discovery.matching import LayerKeys, Matches, match_folders, match_keys
from praxi_tasks.discovery.versions import VersionEvidence, compare_versions
from praxi_tasks.fingerprint import Tagset


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The packages with evidence in a layer, and their features.

    Parameters
    ----------
    layer
        The layer's distinct paths.
    matches
        Which of them belong to which packages.
    packages
        The candidates: package numbers of the catalogue, ascending, shape ``(n,)``.
    features
        Those of :data:`~praxi_tasks.discovery.features.FEATURES`, shape ``(n, len(FEATURES))``; NaN where
        one is unknown.
    versions
        By package number, for packages whose versions are known.
    folder_owners
        Package numbers of the owners of each of the layer's folders, -1 for none, shape ``(folders, 2)``.
    indistinguishable
        Groups of candidates (indices into ``packages``) that retain the same paths, the shortest name first.
    """

    layer: LayerKeys
    matches: Matches
    packages: NDArray[np.intp]
    features: NDArray[np.float32]
    versions: dict[int, VersionEvidence]
    folder_owners: NDArray[np.intp]
    indistinguishable: tuple[tuple[int, ...], ...] = ()


def find_candidates(tagset: Tagset, catalogue: Catalogue) -> Candidates:
    """Match a layer's files with the catalogue and compute the features of each candidate."""
    layer = LayerKeys.of(tagset.normalised)
    matches = match_keys(layer, catalogue)
    owners = match_folders(tagset.normalised.folders, catalogue)
    files = _files_in_folders(tagset, len(owners))
    there = np.zeros(len(catalogue.packages), np.bool_)
    there[matches.packages] = True
    there[owners[(owners >= 0) & (files.sum(axis=0) > 0)[:, None]]] = True
    packages = np.flatnonzero(there)
    versions = {
        package: compare_versions(package, catalogue, layer, tagset)
        for package in packages.tolist()
        if catalogue.version_starts[package] < catalogue.version_starts[package + 1]
    }
    measures = Measures(tagset, catalogue, layer, matches, packages, versions, owners)
    features = measures.table([_below(count, owners, packages) for count in files])
    return Candidates(layer, matches, packages, features, versions, owners, measures.indistinguishable())


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
