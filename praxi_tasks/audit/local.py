"""The whole audit on one machine, without Airflow: the same steps, one after another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from praxi_tasks.audit.assessment import AuditAssessor, make_assessor
from praxi_tasks.audit.deployed import named_images
from praxi_tasks.audit.failure import Failure, attempt
from praxi_tasks.audit.fingerprint import LayerReader
from praxi_tasks.audit.model_knowledge import KnowledgeCollector
from praxi_tasks.audit.plan import CACHED, Plan, PlannedLayer, make_plan
from praxi_tasks.audit.predict import predict_layers
from praxi_tasks.audit.reduce import reduce_audit
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.resolve import ImageResolver
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.findings import Policy
from praxi_tasks.findings.assessment import AssessedAudit, History
from praxi_tasks.findings.image import ModelKnowledge
from praxi_tasks.findings.risk_register import RiskRegister
from praxi_tasks.findings.scope import Scope
from praxi_tasks.findings.vex import Statement
from praxi_tasks.oci.image import Platform
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.store import Store

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model


SCOPE: Final = Scope(kind="local", named=True)


class Progress(Protocol):
    """Shows progress: gets each step's total, and each piece of it as it is done."""

    def step(self, name: str, total: int) -> None:
        """Begin a step of ``total`` units (bytes to read, or layers)."""

    def advance(self, amount: int) -> None:
        """Count ``amount`` units as done."""


class LocalAudit:
    """Audits images named by hand over a store.

    Parameters
    ----------
    store
        Where layers are looked up and kept.
    platform
        Which image of an index is meant.
    """

    def __init__(self, store: Store, platform: Platform, progress: Progress, *, force: bool = False) -> None:
        self._store = store
        self._platform = platform
        self._progress = progress
        self._force = force
        self._stored: StoredLayers | None = None
        self._knowledge: ModelKnowledge | None = None
        self._settings = RegistrySettings.from_environment()

    def plan(self, references: Sequence[str]) -> Plan:
        """Find the images and their layers."""
        self._progress.step("Finding images", len(references))
        resolver = ImageResolver(self._store, self._settings, self._platform)
        plan = make_plan(named_images(list(references)), resolver, self._store, force=self._force)
        self._progress.advance(len(references))
        return plan

    def fingerprint(self, plan: Plan) -> dict[str, Failure]:
        """Read the layers the store does not know; return the failures by digest."""
        missing = [layer for layer in plan.layers if layer.batch != CACHED]
        self._progress.step("Reading layers", sum(layer.size for layer in missing))
        reader = LayerReader(plan, self._store, self._settings, LayerLimits.from_environment())
        return reader.read(missing, self._read).failures

    def predict(self, plan: Plan, failures: dict[str, Failure], model: Model) -> AuditReport:
        """Ask the model about every layer and reduce it all to the report."""
        self._progress.step("Recognising releases", len(plan.layers))
        outcome = predict_layers(plan, self._store, model, lambda _: self._progress.advance(1))
        self._stored = stored = StoredLayers(self._store, outcome.model, plan.layer_sizes, outcome.suites)
        report = reduce_audit(plan, {**outcome.failures, **failures}, stored, outcome.model)
        asked = KnowledgeCollector(model)
        for image in report.images:
            digests = [layer.digest for layer in report.layers_of(image)]
            attempt(partial(_ask, asked, stored, digests), image.image)
        self._knowledge = asked.knowledge()
        return report

    def assess(
        self,
        report: AuditReport,
        feeds: str | None = None,
        policy: Policy | None = None,
        statements: Iterable[Statement] = (),
    ) -> AssessedAudit:
        """Assess the images, as of today.

        Parameters
        ----------
        feeds
            URI of a feeds folder; without one nothing is known about vulnerabilities and ages.
        statements
            What OpenVEX documents say.
        """
        now = datetime.now(UTC)
        assessor = make_assessor(
            feeds,
            policy,
            now.date(),
            self._store,
            statements=statements,
            risks=RiskRegister(self._store).read(),
        )
        at = now.isoformat(timespec="seconds")
        stored = self._stored or StoredLayers(self._store, report.model)
        assessment = AuditAssessor(stored, assessor, self._knowledge)
        for image in report.images:
            assessment.add(image, [layer.digest for layer in report.layers_of(image)])
        return assessment.finish(
            report, History(self._store, SCOPE.line), f"local-{uuid.uuid4().hex}", at, SCOPE
        )

    def _read(self, layer: PlannedLayer) -> None:
        self._progress.advance(layer.size)


def _ask(asked: KnowledgeCollector, stored: StoredLayers, digests: list[str]) -> None:
    for inventory in stored.inventories(digests):
        asked.add(inventory)
