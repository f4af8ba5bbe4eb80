"""Copies of packages in a layer, compared with the versions that are known of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.copies import LEAST, Copies, Copy
from praxi_tasks.discovery.layer_catalogue import KnownVersions, LayerCatalogue
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.discovery.versions import VersionEvidence, compare_versions, possible_versions
from praxi_tasks.fingerprint import Tagset

CHANCE: Final = 0.02
"""Of measured files, less than this share is as some version has it by chance: of the same size."""


class ComparedCopy(NamedTuple):
    """One copy of a package, and what it shows of each of some versions.

    ``is_judged`` says whether these are such as the layer may have: not those of other suites alone.
    """

    copy: Copy
    evidence: VersionEvidence
    versions: list[str]
    is_judged: bool

    @property
    def covered(self) -> float:
        """The share of a version's paths that is there, of the one of which most is."""
        return float((self.evidence.present / np.maximum(self.evidence.expected, 1)).max(initial=0))

    @property
    def look_alike(self) -> bool:
        """Whether most files are measured, and none is as any known version has it, but by chance.

        Byte code whose source has another size is no evidence: it is of another version.
        """
        if not self.is_judged:
            return False
        evidence, compiled = self.evidence, self.evidence.compiled
        agreeing = evidence.agreeing + compiled.agreeing
        measured = agreeing + evidence.differing + compiled.void
        most = 0 < 2 * measured.max(initial=0) >= evidence.present.max(initial=0)
        share = (agreeing / np.maximum(measured, 1)).max(initial=0)
        return bool(most and share < CHANCE)

    @property
    def has_version(self) -> bool:
        """Whether it may be of a known version."""
        return bool(possible_versions(self.evidence).any())


ComparedCopies = dict[int, tuple[ComparedCopy, ...]]
"""By package number, the copies of each, the fullest first."""


class Comparison:
    """Compares the copies of packages in one layer.

    Parameters
    ----------
    catalogue
        It numbers the packages.
    layer
        The layer's distinct paths.
    """

    def __init__(self, tagset: Tagset, catalogue: LayerCatalogue, layer: LayerKeys) -> None:
        self._tagset, self._catalogue, self._copies = tagset, catalogue, Copies(layer, tagset)

    def of(self, packages: NDArray[np.intp]) -> ComparedCopies:
        """Compare the copies of those packages whose versions are known, of some; shape ``(n,)``."""
        versioned = packages[self._catalogue.versioned[packages]].tolist()
        return {package: tuple(self._each(package)) for package in versioned}

    def without(self, package: int, copy: Copy, foreign: NDArray[np.intp]) -> ComparedCopy:
        """Compare one copy of a package, but for files that are another package's, shape ``(n,)``."""
        mask = np.zeros(len(self._tagset), np.bool_)
        mask[foreign] = True
        return self._best(copy, self._catalogue.known_of(package), mask)

    def _each(self, package: int) -> Iterator[ComparedCopy]:
        """Yield the copies of a package; leftovers of other copies are none."""
        known = self._catalogue.known_of(package)
        native = bool(self._catalogue.native[package])
        found = self._copies.of(np.unique(known[-1].contents.keys), native=native)
        for copy in found:
            compared = self._best(copy, known)
            if len(copy.keys) >= LEAST * len(found[0].keys) or compared.covered >= LEAST:
                yield compared

    def _best(
        self, copy: Copy, known: tuple[KnownVersions, ...], foreign: NDArray[np.bool_] | None = None
    ) -> ComparedCopy:
        each = (self._compared(copy, some, foreign) for some in known)
        first = next(each)
        return next((one for one in chain([first], each) if one.has_version), first)

    def _compared(self, copy: Copy, known: KnownVersions, foreign: NDArray[np.bool_] | None) -> ComparedCopy:
        evidence = compare_versions(known.contents, known.versions, copy, self._tagset, foreign)
        return ComparedCopy(copy, evidence, known.versions, known.is_judge)
