"""What the model says about every layer of a plan, each layer once per model."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.layer_suites import LayerSuites
from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.findings.image import ModelKnowledge
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.store import Store, documents, keys
from praxi_tasks.tracing import span

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model

logger = logging.getLogger(__name__)


class PredictionOutcome(msgspec.Struct, frozen=True):
    """Which model predicted, and the layers that could not be predicted, with the reason.

    ``version`` is the model's in the registry, empty for a model that is not from there; ``problem`` says why
    it stands in for the champion. ``knowledge`` is what the model knows of the packages that the layers'
    databases claim; None in older documents. ``suites`` are those that layers' images say they are of, by
    digest.
    """

    model: str
    failures: dict[str, Failure]
    version: str = ""
    knowledge: ModelKnowledge | None = None
    problem: str = ""
    suites: dict[str, str] = {}


def predict_layers(
    plan: Plan,
    store: Store,
    model: Model,
    on_done: Callable[[PlannedLayer], None] = lambda _: None,
    *,
    version: str = "",
) -> PredictionOutcome:
    """Predict the layers whose tagset is in the store and which this model has not seen before.

    Layers that were never read are left to the report, which knows why.

    Raises
    ------
    StoreUnavailableError
        If the store can't be reached.
    """
    failures: dict[str, Failure] = {}
    suites = LayerSuites(plan, store, model.suites)

    def predict(digest: str, suite: str) -> None:
        work = partial(_predict, digest, store, model, version, suite, force=plan.forced)
        result = attempt(work, digest)
        if isinstance(result, Failure):
            logger.warning("layer %s: %s", digest, result.message)
            failures[digest] = result

    for layer in plan.layers:
        predict(layer.digest, suites.of.get(layer.digest, ""))
        on_done(layer)
    neighbours = suites.by_neighbours(partial(_told, store, model))
    for digest, suite in neighbours.items():
        predict(digest, suite)
    return PredictionOutcome(model.cache_key, failures, version, suites={**suites.of, **neighbours})


def _told(store: Store, model: Model, digest: str) -> str:
    """Return the suite that a layer's own paths told the model; empty also if it was not asked."""
    key = keys.layer_prediction(digest, model.cache_key)
    return documents.read(store, key, LayerPrediction).suite if store.exists(key) else ""


def _predict(digest: str, store: Store, model: Model, version: str, suite: str, *, force: bool) -> None:
    key = keys.layer_prediction(digest, model.cache_key, suite)
    if store.exists(key) and not force:
        return
    tagset_key = keys.layer_tagset(digest)
    if not store.exists(tagset_key):
        return
    with span("predict layer", attributes={"praxi.layer": digest, "praxi.model": model.cache_key}):
        prediction = model.predict(Tagset.from_bytes(store.get(tagset_key)), suite)
    document = msgspec.json.encode(msgspec.structs.replace(prediction, version=version))
    if force:
        store.replace(key, document)
    else:
        store.put(key, document)
