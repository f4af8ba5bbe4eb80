"""The model: a catalogue of known packages, and experts that decide whether a layer holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.bundle import damaged, describe, load_bundle, save_bundle
from praxi_tasks.discovery.candidates import Candidates, find_candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.emission import Emission, emit
from praxi_tasks.discovery.evidence import Told, tell
from praxi_tasks.discovery.joining import join_catalogues
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.discovery.relocation import relocate
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.tagset import Tagset


class Model:
    """Names the releases in layers; immutable, so threads may share it.

    Parameters
    ----------
    catalogues
        The packages that it knows, one catalogue for each time it learned some.
    scorer
        Decides about every candidate.
    emission
        How many of the candidates are named.
    """

    def __init__(
        self, catalogues: Sequence[Catalogue], scorer: Scorer, *, emission: Emission | None = None
    ) -> None:
        self._parts = tuple(catalogues)
        self.catalogue = join_catalogues(self._parts)
        self.scorer = scorer
        self.emission = emission or Emission()

    @property
    def parts(self) -> tuple[Catalogue, ...]:
        """The catalogues as they were learned."""
        return self._parts

    @classmethod
    def load(cls, uri: str) -> Model:
        """Read a model from the store; see :func:`~praxi_tasks.discovery.bundle.load_bundle` for errors."""
        manifest, parts = load_bundle(uri)
        roles: dict[str, list[bytes]] = {"catalogue": [], "scorer": []}
        for part, data in zip(manifest.parts, parts, strict=True):
            roles.setdefault(part.role, []).append(data)
        try:
            catalogues = [Catalogue.from_bytes(data) for data in roles["catalogue"]]
            return cls(catalogues, Scorer.from_bytes(roles["scorer"][-1]))
        except (CorruptObjectError, IndexError) as error:
            raise damaged(error, uri) from error

    def save(self, uri: str) -> str:
        """Write the model below a store URI and return its identity."""
        save_bundle(uri, self._bytes, {})
        return self.id

    @cached_property
    def _bytes(self) -> list[tuple[str, bytes]]:
        catalogues = [("catalogue", part.to_bytes()) for part in self._parts]
        return [*catalogues, ("scorer", self.scorer.to_bytes())]

    @cached_property
    def id(self) -> str:
        """Hash of everything that decides what the model predicts; fit for a store key."""
        return describe(self._bytes, {}).id

    def knows(self, ecosystem: str, name: str, version: str) -> bool:
        """Return whether the model has learned a release, or a package whose versions it can't tell."""
        package = self._numbers.get(f"{ecosystem}/{name}")
        if package is None:
            return False
        versions = self.catalogue.versions_of(package)
        return not versions or version in versions

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {package: number for number, package in enumerate(self.catalogue.packages)}

    def predict(self, tagset: Tagset) -> LayerPrediction:
        """Name the releases in a layer, each with its confidence and evidence, and what stays unexplained."""
        seen, found, confidence = self.weigh(tagset)
        named = emit(confidence, self.emission)
        told: Told = tell(seen, found, named, confidence, self.catalogue)
        return LayerPrediction(tagset.digest, self.id, told.releases, told.unexplained)

    def weigh(self, tagset: Tagset) -> tuple[Tagset, Candidates, NDArray[np.float64]]:
        """Return the layer as the model sees it, its candidates and the confidence in each."""
        found = find_candidates(tagset, self.catalogue)
        moved = relocate(tagset.paths, tagset.normalised, _unknown(tagset, found), self.catalogue)
        if moved is not None:
            tagset = replace(tagset, normalised=moved)
            found = find_candidates(tagset, self.catalogue)
        return tagset, found, self.scorer.confidence(found.features)


def _unknown(tagset: Tagset, found: Candidates) -> NDArray[np.intp]:
    """Return the files that no candidate has, outside the folders that Python imports from."""
    columns = tagset.normalised
    known = np.zeros(len(found.layer.keys), np.bool_)
    known[found.matches.keys] = True
    if not len(tagset):
        return np.empty(0, np.intp)
    free = np.fromiter((not folder.startswith("py:") for folder in columns.folders), np.bool_)
    strange = (found.folder_owners[:, 0] < 0) & free
    rows = found.layer.rows[~known]
    return np.sort(rows[strange[columns.folder_of[rows]]])
