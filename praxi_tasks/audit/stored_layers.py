"""What the store knows about an audit's layers, each document read once however many steps ask for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.findings.image import LayerFacts
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import Inventory
from praxi_tasks.store import Store, documents, keys

# Base layers come again and again, others only with the next few images; a changeset is some megabytes.
_REMEMBERED: Final = 128


class StoredLayers:
    """Reads layers' inventories, predictions and changesets, and keeps those that were asked for last.

    Parameters
    ----------
    model
        Identity of the model whose predictions are meant.
    """

    def __init__(self, store: Store, model: str) -> None:
        self._store = store
        self._model = model
        self.inventory = lru_cache(_REMEMBERED)(self._inventory)
        self.prediction = lru_cache(_REMEMBERED)(self._prediction)
        self.facts = lru_cache(_REMEMBERED)(self._facts)

    def _inventory(self, digest: str) -> Inventory:
        """Return what a layer's package databases claim; raises KeyNotFoundError if it was not read."""
        return Inventory.from_bytes(self._store.get(keys.layer_inventory(digest)))

    def _prediction(self, digest: str) -> LayerPrediction:
        """Return what the model says about a layer; raises KeyNotFoundError if it was not asked."""
        return documents.read(self._store, keys.layer_prediction(digest, self._model), LayerPrediction)

    def _facts(self, digest: str) -> LayerFacts:
        """Return everything known about a layer; raises KeyNotFoundError if part of it is missing."""
        changes = Changeset.from_bytes(self._store.get(keys.layer_changeset(digest)))
        return LayerFacts(changes, self.inventory(digest), self.prediction(digest))
