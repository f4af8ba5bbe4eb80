"""The model: a catalogue of known packages and what decides whether a layer holds them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.bundle import damaged, load_bundle, save_bundle
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.matching import LayerKeys, Matches, match_folders, match_keys
from praxi_tasks.discovery.prediction import LayerPrediction, ReleasePrediction
from praxi_tasks.discovery.unexplained import unexplained
from praxi_tasks.discovery.versions import tied_versions, weigh_versions
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.tagset import Tagset


class Model:
    """Names the releases in layers; immutable, so threads may share it.

    Parameters
    ----------
    catalogue
        The packages that it knows.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numbers: dict[str, int] | None = None
        self._id: str | None = None

    @classmethod
    def load(cls, uri: str) -> Model:
        """Read a model from the store; see :func:`~praxi_tasks.discovery.bundle.load_bundle` for errors."""
        manifest, parts = load_bundle(uri)
        try:
            model = cls(Catalogue.from_bytes(parts[0]))
        except CorruptObjectError as error:
            raise damaged(error, uri) from error
        model._id = manifest.id
        return model

    def save(self, uri: str) -> str:
        """Write the model below a store URI and return its identity."""
        self._id = save_bundle(uri, [("catalogue", self._catalogue.to_bytes())], {}).id
        return self._id

    @property
    def id(self) -> str:
        """Hash of everything that decides what the model predicts; fit for a store key."""
        if self._id is None:
            import tempfile

            with tempfile.TemporaryDirectory() as folder:
                self.save(folder)
        assert self._id is not None
        return self._id

    def knows(self, ecosystem: str, name: str, version: str) -> bool:
        """Return whether the model has learned a release, or a package whose versions it can't tell."""
        if self._numbers is None:
            self._numbers = {package: n for n, package in enumerate(self._catalogue.packages)}
        package = self._numbers.get(f"{ecosystem}/{name}")
        if package is None:
            return False
        versions = self._catalogue.versions_of(package)
        return not versions or version in versions

    def predict(self, tagset: Tagset) -> LayerPrediction:
        """Name the releases in a layer, each with its confidence and evidence, and what stays unexplained."""
        layer = LayerKeys.of(tagset.normalised)
        matches = match_keys(layer, self._catalogue)
        owner, scores = self._explain(layer, matches)
        releases = [
            self._release(package, layer, matches, tagset, scores[package])
            for package in np.unique(owner[owner >= 0]).tolist()
            if scores[package] > 0.3
        ]
        folder_owner = match_folders(tagset.normalised.folders, self._catalogue)
        explained = folder_owner[tagset.normalised.folder_of] >= 0 if len(tagset) else np.zeros(0, np.bool_)
        known = np.isin(tagset.normalised.keys, layer.keys[matches.keys])
        left = np.flatnonzero(~(explained | known))
        return LayerPrediction(
            tagset.digest, self.id, tuple(releases), unexplained(tagset.paths[row] for row in left.tolist())
        )

    def predict_image(self, tagsets: Sequence[Tagset]) -> list[LayerPrediction]:
        """Predict each layer of an image."""
        return [self.predict(tagset) for tagset in tagsets]

    def _explain(self, layer: LayerKeys, matches: Matches) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        count = len(self._catalogue.packages)
        hits = np.bincount(matches.packages[layer.core[matches.keys]], minlength=count)
        scores = hits / np.maximum(self._catalogue.expected, 1)
        order = np.lexsort((hits[matches.packages], scores[matches.packages], matches.keys))
        owner = np.full(len(layer.keys), -1, np.intp)
        owner[matches.keys[order]] = matches.packages[order]
        return owner, scores

    def _release(
        self, package: int, layer: LayerKeys, matches: Matches, tagset: Tagset, score: float
    ) -> ReleasePrediction:
        ecosystem, _, name = self._catalogue.packages[package].partition("/")
        rows = layer.rows[matches.keys[matches.packages == package]]
        known = self._catalogue.versions_of(package)
        tied = tied_versions(weigh_versions(package, self._catalogue, layer, tagset)) if known else ()
        return ReleasePrediction(
            ecosystem=ecosystem,
            name=name,
            versions=tuple(known[number] for number in tied),
            confidence=float(min(score, 1.0)),
            evidence=tuple(tagset.paths[row] for row in rows[:5].tolist()),
            files=len(rows),
        )
