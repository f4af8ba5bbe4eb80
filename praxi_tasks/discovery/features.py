"""The features of a layer's candidates: the numbers by which the scorer decides on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.discovery.layer_context import LayerContext, has_copyright_file, share, weighted_mean
from praxi_tasks.discovery.matching import LayerKeys, Matches
from praxi_tasks.discovery.rivals import Rivals
from praxi_tasks.discovery.versions import VersionEvidence
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
_SURE: Final = 4
_DOCUMENT_KINDS: Final = (PathKind.DOC, PathKind.MAN, PathKind.LOCALE)


class Measures:
    """Computes the features of one layer's candidates.

    All arrays run over the candidates, shape ``(n,)``, or over the pairs of ``matches``, shape ``(pairs,)``.
    """

    def __init__(
        self,
        tagset: Tagset,
        catalogue: LayerCatalogue,
        layer: LayerKeys,
        matches: Matches,
        packages: NDArray[np.intp],
        versions: Mapping[int, Sequence[VersionEvidence]],
        owners: NDArray[np.intp],
    ) -> None:
        self._tagset, self._layer = tagset, layer
        self._context = LayerContext(tagset, layer, matches.keys, owners)
        self._packages, self._versions = packages, versions
        self._catalogue = catalogue
        self._key = matches.keys
        self._candidate = np.searchsorted(packages, matches.packages)
        self._rivals = Rivals(self._key, self._candidate, len(packages))
        self._core = layer.core[matches.keys]
        self._expected = catalogue.expected[packages].astype(np.float64)
        extras_only = self._expected == 0
        self._expected[extras_only] = catalogue.extras[packages][extras_only]
        self._counts = self._core | extras_only[self._candidate]

    def table(self, below: Sequence[NDArray[np.float64]]) -> NDArray[np.float32]:
        """Return the features, shape ``(n, len(FEATURES))``."""
        hits = self._rivals.count(self._counts)
        coverage = self._coverage(hits)
        retained, indistinguishable = self._rivals.explain_away(coverage, hits, self._counts)
        unique = self._rivals.count(self._counts & self._rivals.alone())
        extras = self._rivals.count(~self._core)
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
            self._rivals.coverage_beside(coverage),
            np.log1p(extras),
            extras_coverage,
            np.log1p(below[0]),
            np.log1p(below[1]),
            np.log1p(self._expected),
            self._agreeing(),
            self._context.unclaimed_beside(self._candidate, self._key, len(self._packages)),
            share(self._rivals.count(python & self._layer.system[self._key]), self._rivals.count(python)),
            self._catalogue.native[self._packages],
            self._everywhere(weighted_mean(coverage, retained, retained >= _SURE)),
            np.log(np.maximum(indistinguishable, 1)),
            self._everywhere(weighted_mean(extras_coverage, retained, (retained >= _SURE) & has_extras)),
            self._everywhere(self._context.unclaimed_share(CORE)),
            self._everywhere(self._context.unclaimed_share(_DOCUMENT_KINDS)),
            self._everywhere(np.log1p(self._context.regions)),
            has_copyright_file(self._names(), self._tagset, self._layer),
        )
        return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)

    def indistinguishable(self) -> tuple[tuple[int, ...], ...]:
        """Return groups of candidates that retain exactly the same paths, the shortest name first.

        Known after :meth:`table`.
        """
        return self._rivals.indistinguishable(self._names())

    def _names(self) -> list[str]:
        return [self._catalogue.packages[package] for package in self._packages.tolist()]

    def _coverage(self, hits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each package's paths that is there; of the best version, if any is known."""
        coverage = hits / np.maximum(self._expected, 1)
        for place, package in enumerate(self._packages.tolist()):
            copies = [each for each in self._versions.get(package, ()) if each.expected.any()]
            if copies:
                coverage[place] = max((each.present / np.maximum(each.expected, 1)).max() for each in copies)
        return np.minimum(coverage, 1.0)

    def _everywhere(self, value: float) -> NDArray[np.float64]:
        """Repeat a feature of the layer for each candidate, shape ``(n,)``."""
        return np.full(len(self._packages), value)

    def _agreeing(self) -> NDArray[np.float64]:
        """Return the share of measured files that are as released, of the best copy; NaN if unknown."""
        share = np.full(len(self._packages), np.nan)
        for place, package in enumerate(self._packages.tolist()):
            for evidence in self._versions.get(package, ()):
                share[place] = np.fmax(share[place], evidence.agreeing_share)
        return share
