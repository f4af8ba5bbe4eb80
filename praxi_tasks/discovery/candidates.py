"""What a layer says about each package that has evidence in it: the features that experts decide on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.matching import LayerKeys, Matches, match_folders, match_keys
from praxi_tasks.discovery.versions import VersionEvidence, weigh_versions
from praxi_tasks.fingerprint.tagset import Tagset

FEATURES: Final = (
    "coverage",  # share of the package's paths that the layer has
    "hits",  # how many those are, as a logarithm; so are all counts below
    "kept",  # share of its paths that no better candidate explains
    "kept_hits",
    "unique",  # of its hits, the share that only this package has
    "unique_hits",
    "rival",  # coverage of the best candidate that shares a path with it
    "extras",  # hits among manuals, locales, metadata
    "below",  # files in folders that it has to itself
    "expected",  # how many paths it has
    "agreeing",  # of its measured files, the share that some version has as they are
    "unclaimed",  # of the files in the folders of its hits, the share that no candidate knows
    "system",  # of its hits that Python imports, the share below the distribution's own folder
    "native",  # whether it is the distribution's package
)
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The packages with evidence in a layer, by number, and what speaks for them.

    ``features`` has a row per package and a column per name in :data:`FEATURES`; ``versions`` is there for
    packages whose versions are known. ``folder_owners`` are the owners of each of the layer's folders.
    """

    layer: LayerKeys
    matches: Matches
    packages: NDArray[np.intp]
    features: NDArray[np.float32]
    versions: dict[int, VersionEvidence]
    folder_owners: NDArray[np.intp]


def find_candidates(
    tagset: Tagset, catalogue: Catalogue, hidden: NDArray[np.bool_] | None = None
) -> Candidates:
    """Look a layer up and measure what speaks for each package that has evidence in it.

    Parameters
    ----------
    hidden
        Packages to take as unknown, so that training sees what software nobody knows looks like.
    """
    layer = LayerKeys.of(tagset.normalised)
    matches = match_keys(layer, catalogue)
    owners = match_folders(tagset.normalised.folders, catalogue)
    if hidden is not None:
        matches = matches.where(~hidden[matches.packages])
        owners = np.where((owners >= 0) & hidden[owners], -1, owners)
    below = _files_below(tagset, owners, len(catalogue.packages))
    packages = np.union1d(matches.packages, np.flatnonzero(below)).astype(np.intp)
    versions = {
        package: weigh_versions(package, catalogue, layer, tagset)
        for package in packages.tolist()
        if catalogue.version_starts[package] < catalogue.version_starts[package + 1]
    }
    features = _Measures(tagset, catalogue, layer, matches, packages, versions, owners).table(below[packages])
    return Candidates(layer, matches, packages, features, versions, owners)


def _files_below(tagset: Tagset, owners: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Count the files below each package's own folders."""
    below = np.zeros(count, np.intp)
    if len(tagset):
        files = np.bincount(tagset.normalised.folder_of, minlength=len(owners))
        for column in range(2 if np.any(owners[:, 0] != owners[:, 1]) else 1):
            owned = owners[:, column] >= 0
            below += np.bincount(owners[owned, column], files[owned], minlength=count).astype(np.intp)
    return below


class _Measures:
    """Measures one layer's candidates; all arrays run over ``packages`` or over the pairs of ``matches``."""

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
        self._tagset, self._layer, self._owners = tagset, layer, owners
        self._packages, self._versions = packages, versions
        self._catalogue = catalogue
        self._key = matches.keys
        self._candidate = np.searchsorted(packages, matches.packages)
        self._core = layer.core[matches.keys]
        self._expected = catalogue.expected[packages].astype(np.float64)
        extras_only = self._expected == 0
        self._expected[extras_only] = catalogue.extras[packages][extras_only]
        self._counts = self._core | extras_only[self._candidate]

    def table(self, below: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the features."""
        hits = self._count(self._counts)
        coverage = self._coverage(hits)
        kept = self._explain_away(coverage, hits)
        alone = np.bincount(self._key, minlength=len(self._layer.keys))[self._key] == 1
        unique = self._count(self._counts & alone)
        extras = self._count(~self._core)
        python = self._layer.python[self._key]
        columns = (
            coverage,
            np.log1p(hits),
            coverage * kept / np.maximum(hits, 1),
            np.log1p(kept),
            unique / np.maximum(hits, 1),
            np.log1p(unique),
            self._rival(coverage),
            np.log1p(extras),
            np.log1p(below),
            np.log1p(self._expected),
            self._agreeing(),
            self._unclaimed(),
            _share(self._count(python & self._layer.system[self._key]), self._count(python)),
            self._catalogue.native[self._packages],
        )
        return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)

    def _count(self, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(self._candidate[mask], minlength=len(self._packages)).astype(np.float64)

    def _coverage(self, hits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each package's paths that is there: of its best version, where those are known."""
        coverage = hits / np.maximum(self._expected, 1)
        for place, package in enumerate(self._packages.tolist()):
            evidence = self._versions.get(package)
            if evidence is not None and evidence.expected.any():
                coverage[place] = (evidence.present / np.maximum(evidence.expected, 1)).max()
        return np.minimum(coverage, 1.0)

    def _explain_away(self, coverage: NDArray[np.float64], hits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give each path to the best candidate that has it, again and again; return what each keeps."""
        kept = hits
        for _ in range(ROUNDS):
            strength = np.where(kept > 0, coverage * kept / np.maximum(hits, 1), 0)
            order = np.lexsort((kept[self._candidate], strength[self._candidate], self._key))
            last = np.ones(len(order), np.bool_)
            last[:-1] = self._key[order][1:] != self._key[order][:-1]
            winner = np.zeros(len(order), np.bool_)
            winner[order[last]] = True
            kept = self._count(winner & self._counts)
        return kept

    def _rival(self, coverage: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the coverage of the best other candidate that shares a path with each."""
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

    def _agreeing(self) -> NDArray[np.float64]:
        share = np.full(len(self._packages), np.nan)
        for place, package in enumerate(self._packages.tolist()):
            evidence = self._versions.get(package)
            if evidence is not None and len(evidence.agreeing):
                measured = evidence.agreeing + evidence.differing
                share[place] = (
                    (evidence.agreeing / np.maximum(measured, 1)).max() if measured.any() else np.nan
                )
        return share

    def _unclaimed(self) -> NDArray[np.float64]:
        """Return the share of unclaimed files in the folders of each candidate's hits."""
        columns, layer = self._tagset.normalised, self._layer
        claimed = np.zeros(len(layer.keys), np.bool_)
        claimed[self._key] = True
        folder = columns.folder_of[layer.rows].astype(np.intp)
        claimed |= (self._owners[folder, 0] >= 0) if len(folder) else claimed
        count = len(columns.folders)
        total = np.bincount(folder, minlength=count)
        strange = np.bincount(folder[~claimed], minlength=count)
        pairs = np.unique(np.stack([self._candidate, folder[self._key]]), axis=1) if len(self._key) else None
        if pairs is None:
            return np.zeros(len(self._packages))
        size = len(self._packages)
        return _share(
            np.bincount(pairs[0], strange[pairs[1]], size), np.bincount(pairs[0], total[pairs[1]], size)
        )


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(part / np.maximum(whole, 1))
