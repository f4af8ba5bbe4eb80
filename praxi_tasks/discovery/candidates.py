"""The packages that a layer has evidence of, and the features by which the scorer decides on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, Catalogue, among
from praxi_tasks.discovery.layer_context import LayerContext, has_copyright_file, share, weighted_mean
from praxi_tasks.discovery.matching import LayerKeys, Matches, match_folders, match_keys
from praxi_tasks.discovery.versions import VersionEvidence, compare_versions
from praxi_tasks.fingerprint import PathKind, Tagset

FEATURES: Final = (
    "coverage",  # share of the package's paths that the layer has
    "hits",  # how many those are, as a logarithm; so are all counts below
    "retained",  # share of its paths that no better candidate explains
    "retained_hits",
    "unique",  # of its hits, the share that only this package has
    "unique_hits",
    "rival",  # coverage of the best candidate that shares a path with it
    "extras",  # hits among manuals, locales, metadata
    "extras_coverage",  # share of those that it has, as far as the catalogue retained them
    "below",  # files that do its work in folders that it has to itself
    "documents",  # other files there: manuals, metadata
    "expected",  # how many paths it has
    "agreeing",  # of its measured files, the share that some version has as they are
    "unclaimed",  # of the files in the folders of its hits, the share that no candidate knows
    "system",  # of its hits that Python imports, the share below the distribution's own folder
    "native",  # whether it is the distribution's package
    "intact",  # coverage of what the layer certainly holds: how much was deleted from all of it
    "indistinguishable",  # how many candidates nothing tells apart from it, itself included
    "intact_extras",  # the same of manuals, locales, metadata; both NaN where nothing is certain
    "unclaimed_share",  # of the layer's files that do some work, the share that no candidate claims
    "unclaimed_documents_share",  # the same of its documents, manuals and locales; NaN where it has none
    "regions",  # how many regions of the file system the layer has files in
    "has_copyright_file",  # whether its copyright file is there; NaN where the layer has no documents
)
"""New features are appended: a scorer trained on fewer reads the first ones, so old models stay readable."""
ROUNDS: Final = 3
_SURE: Final = 4
_DOCUMENT_KINDS: Final = (PathKind.DOC, PathKind.MAN, PathKind.LOCALE)


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
        Shape ``(n, len(FEATURES))``; NaN where a feature is unknown.
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
    measures = _Measures(tagset, catalogue, layer, matches, packages, versions, owners)
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


class _Measures:
    """Computes the features of one layer's candidates.

    All arrays run over the candidates, shape ``(n,)``, or over the pairs of ``matches``, shape ``(pairs,)``.
    """

    def __init__(
        self,
        tagset: Tagset,
        catalogue: Catalogue,
        layer: LayerKeys,
        matches: Matches,
        packages: NDArray[np.intp],
        versions: dict[int, VersionEvidence],
        owners: NDArray[np.intp],
    ) -> None:
        self._tagset, self._layer = tagset, layer
        self._context = LayerContext(tagset, layer, matches.keys, owners)
        self._packages, self._versions = packages, versions
        self._catalogue = catalogue
        self._key = matches.keys
        self._candidate = np.searchsorted(packages, matches.packages)
        self._core = layer.core[matches.keys]
        self._expected = catalogue.expected[packages].astype(np.float64)
        extras_only = self._expected == 0
        self._expected[extras_only] = catalogue.extras[packages][extras_only]
        self._counts = self._core | extras_only[self._candidate]

    def table(self, below: Sequence[NDArray[np.float64]]) -> NDArray[np.float32]:
        """Return the features, shape ``(n, len(FEATURES))``."""
        hits = self._count(self._counts)
        coverage = self._coverage(hits)
        retained, indistinguishable = self._explain_away(coverage, hits)
        alone = np.bincount(self._key, minlength=len(self._layer.keys))[self._key] == 1
        unique = self._count(self._counts & alone)
        extras = self._count(~self._core)
        has_extras = self._catalogue.extras[self._packages] > 0
        extras_coverage = np.minimum(share(extras, self._catalogue.extras[self._packages]), 1)
        python = self._layer.python[self._key]
        columns = (
            coverage,
            np.log1p(hits),
            coverage * retained / np.maximum(hits, 1),
            np.log1p(retained),
            unique / np.maximum(hits, 1),
            np.log1p(unique),
            self._rival(coverage),
            np.log1p(extras),
            extras_coverage,
            np.log1p(below[0]),
            np.log1p(below[1]),
            np.log1p(self._expected),
            self._agreeing(),
            self._context.unclaimed_beside(self._candidate, self._key, len(self._packages)),
            share(self._count(python & self._layer.system[self._key]), self._count(python)),
            self._catalogue.native[self._packages],
            self._everywhere(weighted_mean(coverage, retained, retained >= _SURE)),
            np.log(np.maximum(indistinguishable, 1)),
            self._everywhere(weighted_mean(extras_coverage, retained, (retained >= _SURE) & has_extras)),
            self._everywhere(self._context.unclaimed_share(CORE)),
            self._everywhere(self._context.unclaimed_share(_DOCUMENT_KINDS)),
            self._everywhere(np.log1p(self._context.regions)),
            has_copyright_file(
                [self._catalogue.packages[p] for p in self._packages.tolist()], self._tagset, self._layer
            ),
        )
        return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)

    def _count(self, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(self._candidate[mask], minlength=len(self._packages)).astype(np.float64)

    def _coverage(self, hits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each package's paths that is there; of the best version, if any is known."""
        coverage = hits / np.maximum(self._expected, 1)
        for place, package in enumerate(self._packages.tolist()):
            evidence = self._versions.get(package)
            if evidence is not None and evidence.expected.any():
                coverage[place] = (evidence.present / np.maximum(evidence.expected, 1)).max()
        return np.minimum(coverage, 1.0)

    def _explain_away(
        self, coverage: NDArray[np.float64], hits: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Assign each path to the strongest candidates that have it, for :data:`ROUNDS` rounds.

        Parameters
        ----------
        coverage, hits
            Of each candidate, shape ``(n,)``.

        Returns
        -------
        retained
            How many paths each candidate retains, shape ``(n,)``; candidates of equal strength all retain a
            path.
        indistinguishable
            The mean number of candidates that retain the same paths, itself included, shape ``(n,)``.
        """
        if not len(self._key):
            self._winner = np.zeros(0, np.bool_)
            return hits, np.ones(len(hits))
        begins = np.flatnonzero(np.append(True, self._key[1:] != self._key[:-1]))
        lengths = np.diff(np.append(begins, len(self._key)))
        retained = hits
        for _ in range(ROUNDS):
            strength = np.round(coverage * retained / np.maximum(hits, 1), 6) + 1e-9 * retained
            mine = np.where(retained > 0, strength, -1)[self._candidate]
            winner = mine >= np.repeat(np.maximum.reduceat(mine, begins), lengths)
            retained = self._count(winner & self._counts)
        self._winner = winner
        rivals = np.repeat(np.add.reduceat(winner.astype(np.float64), begins), lengths)
        shared = np.bincount(self._candidate[winner], rivals[winner], len(hits))
        return retained, shared / np.maximum(self._count(winner), 1)

    def indistinguishable(self) -> tuple[tuple[int, ...], ...]:
        """Return groups of candidates that retain exactly the same paths, the shortest name first."""
        winner = self._winner
        together = np.bincount(self._key[winner], minlength=len(self._layer.keys))
        contested = np.flatnonzero(winner & (together[self._key] > 1))
        retained: dict[int, list[int]] = {}
        for pair in contested.tolist():
            retained.setdefault(int(self._candidate[pair]), []).append(int(self._key[pair]))
        groups: dict[tuple[int, ...], list[int]] = {}
        for candidate, keys in retained.items():
            groups.setdefault(tuple(keys), []).append(candidate)
        names = self._catalogue.packages
        return tuple(
            tuple(
                sorted(
                    group, key=lambda place: (len(names[self._packages[place]]), names[self._packages[place]])
                )
            )
            for group in groups.values()
            if len(group) > 1
        )

    def _rival(self, coverage: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the coverage of the best other candidate that shares a path with each, shape ``(n,)``."""
        rival = np.zeros(len(self._packages))
        order = np.lexsort((-coverage[self._candidate], self._key))
        key, candidate = self._key[order], self._candidate[order]
        first = np.ones(len(key), np.bool_)
        first[1:] = key[1:] != key[:-1]
        start = np.maximum.accumulate(np.where(first, np.arange(len(key)), 0))
        leader = candidate[start]
        others = ~first
        np.maximum.at(rival, candidate[others], coverage[leader[others]])
        second = np.flatnonzero(others & np.append(True, first[:-1])) if len(first) else start
        np.maximum.at(rival, leader[second], coverage[candidate[second]])
        return rival

    def _everywhere(self, value: float) -> NDArray[np.float64]:
        """Repeat a feature of the layer for each candidate, shape ``(n,)``."""
        return np.full(len(self._packages), value)

    def _agreeing(self) -> NDArray[np.float64]:
        """Return the best version's share of measured files that are as released; NaN if unknown."""
        share = np.full(len(self._packages), np.nan)
        for place, package in enumerate(self._packages.tolist()):
            evidence = self._versions.get(package)
            if evidence is not None and len(evidence.agreeing):
                measured = evidence.agreeing + evidence.differing
                share[place] = (
                    (evidence.agreeing / np.maximum(measured, 1)).max() if measured.any() else np.nan
                )
        return share
