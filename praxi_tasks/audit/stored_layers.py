"""What the store knows about an audit's layers, each document read once however many steps ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from praxi_tasks.audit.image_claims import ClaimSize, ImageClaims
from praxi_tasks.audit.image_limits import ImageLimits
from praxi_tasks.audit.recent import Recent
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.findings.image import LayerFacts
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import Inventory
from praxi_tasks.store import Store, documents, keys

# Base layers come again and again, others only with the next few images.
_REMEMBERED: Final = 128
_REMEMBERED_BYTES: Final = 48 << 20  # of inventories, and as many of changesets
_TEXT_BYTES: Final = 60
_ROW_BYTES: Final = 40


class StoredLayers:
    """Reads layers' inventories, predictions and changesets, and keeps those that were asked for last.

    Parameters
    ----------
    model
        Identity of the model whose predictions are meant.
    sizes
        Compressed bytes of the layers: small images may hold less.
    suites
        Those that layers were predicted as being of, by digest.
    """

    def __init__(
        self,
        store: Store,
        model: str,
        sizes: Mapping[str, int] | None = None,
        suites: Mapping[str, str] | None = None,
    ) -> None:
        self._store = store
        self._model = model
        self._suites = suites or {}
        self._sizes = sizes or {}
        self._limits = ImageLimits.from_environment()
        self._inventory = Recent(self._read_inventory, _inventory_bytes, _REMEMBERED_BYTES)
        self._changes = Recent(self._read_changes, _changeset_bytes, _REMEMBERED_BYTES)
        self._claims = ImageClaims(self._limits, self._inventory)
        self.prediction = lru_cache(_REMEMBERED)(self._prediction)

    def inventories(self, digests: Sequence[str]) -> tuple[Inventory, ...]:
        """Return what the package databases of an image's layers claim, within the limits on an image.

        Raises
        ------
        KeyNotFoundError
            If a layer was not read.
        """
        return self._claims.of(digests)

    def facts(self, digests: Sequence[str]) -> list[LayerFacts]:
        """Return everything known about an image's layers, bottom first.

        Raises
        ------
        KeyNotFoundError
            If a layer was not read, or not predicted with this model.
        LimitExceededError
            If they hold more than an image may.
        """
        changes = list(self._within_limits(digests))
        layers = zip(digests, changes, self.inventories(digests), strict=True)
        return [LayerFacts(files, inventory, self.prediction(digest)) for digest, files, inventory in layers]

    def _within_limits(self, digests: Sequence[str]) -> Iterator[Changeset]:
        limits = self._limits.of_image(sum(self._sizes.get(digest, 0) for digest in digests))
        entries = path_bytes = 0
        for digest in digests:
            changes = self._changes(digest)
            entries += len(changes) + len(changes.whiteouts) + len(changes.opaques)
            path_bytes += _path_bytes(changes)
            limits.check(entries, path_bytes)
            yield changes

    def _read_inventory(self, digest: str) -> Inventory:
        return Inventory.from_bytes(self._store.get(keys.layer_inventory(digest)))

    def _read_changes(self, digest: str) -> Changeset:
        return Changeset.from_bytes(self._store.get(keys.layer_changeset(digest)))

    def _prediction(self, digest: str) -> LayerPrediction:
        """Return what the model says about a layer; raises KeyNotFoundError if it was not asked."""
        key = keys.layer_prediction(digest, self._model, self._suites.get(digest, ""))
        return documents.read(self._store, key, LayerPrediction)


def _inventory_bytes(inventory: Inventory) -> int:
    return ClaimSize.of(inventory).memory


def _changeset_bytes(changes: Changeset) -> int:
    return _path_bytes(changes) + len(changes) * _ROW_BYTES


def _path_bytes(changes: Changeset) -> int:
    removed = sum(len(path) + _TEXT_BYTES for path in (*changes.whiteouts, *changes.opaques))
    return changes.text_bytes + removed
