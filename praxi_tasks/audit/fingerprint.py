"""Reading the layers of one batch into the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.plan import Plan, PlannedLayer
from praxi_tasks.fingerprint import fingerprint_layer
from praxi_tasks.oci.image import ImageSource
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.oci.sources import open_source
from praxi_tasks.store import Store
from praxi_tasks.tracing import span

logger = logging.getLogger(__name__)


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
        reference = self._plan.images[layer.image].deployed.pinned
        return attempt(lambda: self._read(layer, reference), layer.digest)

    def _read(self, layer: PlannedLayer, reference: str) -> None:
        with span("read layer", attributes={"praxi.layer": layer.digest, "praxi.image": reference}):
            logger.info("layer %s: reading %.1f MB from %s", layer.digest, layer.size / 1e6, reference)
            self._read_from(open_source(reference, self._settings), layer)

    def _read_from(self, source: ImageSource, layer: PlannedLayer) -> None:
        fingerprint_layer(source, layer.descriptor, self._store, self._limits, force=self._plan.forced)
