"""Reading the layers of one batch into the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.plan import Place, Plan, PlannedLayer
from praxi_tasks.errors import (
    DigestMismatchError,
    ForbiddenError,
    ImageError,
    LayerError,
    LimitExceededError,
    NotFoundError,
    RegistryUnavailableError,
    TruncatedBlobError,
    UnauthorizedError,
)
from praxi_tasks.fingerprint import fingerprint_layer
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.oci.sources import open_source
from praxi_tasks.store import Store
from praxi_tasks.tracing import span

logger = logging.getLogger(__name__)

_OF_THE_PLACE: Final = frozenset(
    kind.code
    for kind in (
        DigestMismatchError,
        ForbiddenError,
        ImageError,
        NotFoundError,
        RegistryUnavailableError,
        TruncatedBlobError,
        UnauthorizedError,
    )
)
"""Failures that say nothing of the layer, which another registry or repository may give."""
_OF_THE_BYTES: Final = frozenset((LayerError.code, LimitExceededError.code))
_MOST_READ: Final = 3
"""Places whose bytes are read though those of another were bad: they may not be the layer's, which is known
only where they end."""


class BatchOutcome(msgspec.Struct, frozen=True):
    """How a batch ended: the layers that could not be read, with the reason; all others are in the store."""

    failures: dict[str, Failure]


class LayerReader:
    """Reads planned layers, each from an image of the plan that has it."""

    def __init__(self, plan: Plan, store: Store, settings: RegistrySettings, limits: LayerLimits) -> None:
        self._plan = plan
        self._store = store
        self._settings = settings
        self._limits = limits

    def read(
        self, layers: Sequence[PlannedLayer], on_done: Callable[[PlannedLayer], None] = lambda _: None
    ) -> BatchOutcome:
        """Read layers one after another; a layer that fails does not keep the next from being read.

        Raises
        ------
        StoreUnavailableError
            If there is nowhere to write to.
        """
        failures = {}
        for layer in layers:
            failure = self._try(layer)
            if failure is not None:
                logger.warning("layer %s: %s", layer.digest, failure.message)
                failures[layer.digest] = failure
            on_done(layer)
        return BatchOutcome(failures)

    def _try(self, layer: PlannedLayer) -> Failure | None:
        """Read a layer from one place after another; a registry that is down is not asked twice."""
        failures: list[Failure] = []
        down: set[str] = set()
        read = 0
        for place in layer.places:
            reference = self._plan.images[place.image].deployed.pinned
            registry = reference.partition("/")[0]
            if registry in down:
                continue
            failure = attempt(partial(self._read, layer, place, reference), layer.digest)
            if failure is None:
                return None
            failures.append(failure)
            read += failure.code in _OF_THE_BYTES
            if failure.code not in _OF_THE_PLACE | _OF_THE_BYTES or read == _MOST_READ:
                break
            if failure.code == RegistryUnavailableError.code:
                down.add(registry)
        return next((failure for failure in failures if failure.retryable), failures[0])

    def _read(self, layer: PlannedLayer, place: Place, reference: str) -> None:
        with span("read layer", attributes={"praxi.layer": layer.digest, "praxi.image": reference}):
            logger.info("layer %s: reading %.1f MB from %s", layer.digest, place.size / 1e6, reference)
            source = open_source(reference, self._settings)
            descriptor = layer.descriptor(place)
            fingerprint_layer(source, descriptor, self._store, self._limits, force=self._plan.forced)
