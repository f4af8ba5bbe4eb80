"""What retained runs name: layers, images, and the models that they asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.learning.data import open_requests
from praxi_tasks.learning.model_registry import ResolvedModel
from praxi_tasks.retention.age import Age
from praxi_tasks.retention.runs import AUDITS, Run
from praxi_tasks.store import Store, documents

_REQUEST: Final = "request.json"
_ENDED: Final = frozenset({"failed", "cancelled"})


class _Digest(msgspec.Struct, frozen=True):
    digest: str = ""


class _PlannedImage(msgspec.Struct, frozen=True):
    deployed: _Digest
    digest: str = ""
    base: _Digest | None = None


class _AuditPlan(msgspec.Struct, frozen=True):
    """Of an audit's plan what is needed here: a plan of ten thousand images has far more."""

    images: tuple[_PlannedImage, ...]
    layers: tuple[_Digest, ...]


class _Predictions(msgspec.Struct, frozen=True):
    model: str


class _Package(msgspec.Struct, frozen=True):
    layers: tuple[str, ...] = ()


class _TrainingPlan(msgspec.Struct, frozen=True):
    packages: tuple[_Package, ...]
    base: ResolvedModel


class _Trained(msgspec.Struct, frozen=True):
    uri: str


class _Requested(msgspec.Struct, frozen=True):
    state: str


class Names:
    """What some runs name.

    Attributes
    ----------
    model_uris
        Where the models are that they use.
    unknown
        Why it is not known of some of them, a sentence each.
    """

    def __init__(self, store: Store, age: Age) -> None:
        self._store = store
        self._age = age
        self._layers: set[str] = set()
        self._unpredicted: set[str] = set()
        self._images: set[str] = set()
        self._models: set[str] = set()
        self.model_uris: set[str] = set()
        self.unknown: list[str] = []

    def add(self, run: Run) -> None:
        """Add what a run names; of one whose documents are damaged it becomes unknown."""
        if run.is_planning(self._age) and not self._has_ended(run):
            self.unknown.append(f"{run.folder} is about to plan which layers it needs")
            return
        try:
            self._add_audit(run) if run.folder.startswith(f"{AUDITS}/") else self._add_training(run)
        except (CorruptObjectError, KeyNotFoundError) as error:
            self.unknown.append(f"{run.folder}: {error.what}")

    def _has_ended(self, run: Run) -> bool:
        """Return whether an audit that the service was asked for ended before it planned."""
        if _REQUEST not in run.written:
            return False
        try:
            return documents.read(self._store, f"{run.folder}/{_REQUEST}", _Requested).state in _ENDED
        except (CorruptObjectError, KeyNotFoundError):
            return False

    def add_requests(self) -> None:
        """Add the layers that open requests of trainings would be learned from."""
        for request in open_requests(self._store).values():
            self._layers.update(digest for package in request.packages for digest in package.layers)

    def has_layer(self, digest: str) -> bool:
        """Return whether a run names a layer."""
        return digest in self._layers

    def has_prediction(self, model: str, digest: str) -> bool:
        """Return whether a run names a layer and asked this model, or may ask it yet."""
        return digest in self._unpredicted or (digest in self._layers and model in self._models)

    def has_image(self, digest: str) -> bool:
        """Return whether a run names an image, or an image that is built on it."""
        return digest in self._images

    def _add_audit(self, run: Run) -> None:
        if "plan.json" in run.written:
            plan = documents.read(self._store, f"{run.folder}/plan.json", _AuditPlan)
            digests = {layer.digest for layer in plan.layers}
            self._layers |= digests
            self._images.update(_digests(plan.images))
            if "predictions.json" not in run.written:
                self._unpredicted |= digests
        if "predictions.json" in run.written:
            self._models.add(
                documents.read(self._store, f"{run.folder}/predictions.json", _Predictions).model
            )
        if "model.json" in run.written:
            found = documents.read(self._store, f"{run.folder}/model.json", ResolvedModel)
            self.model_uris.add(found.uri)

    def _add_training(self, run: Run) -> None:
        if run.is_finished:
            return
        if "plan.json" in run.written:
            plan = documents.read(self._store, f"{run.folder}/plan.json", _TrainingPlan)
            self._layers.update(digest for package in plan.packages for digest in package.layers)
            self.model_uris.add(plan.base.uri)
        if "trained.json" in run.written:
            self.model_uris.add(documents.read(self._store, f"{run.folder}/trained.json", _Trained).uri)


def _digests(images: Iterable[_PlannedImage]) -> Iterable[str]:
    for image in images:
        yield from (image.deployed.digest, image.digest, image.base.digest if image.base else "")
