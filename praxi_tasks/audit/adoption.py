"""Takes over what somebody else's step made: it is stored as the audit's own step would have stored it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from praxi_tasks.audit.failure import Failure
from praxi_tasks.audit.plan import Plan
from praxi_tasks.audit.predict import PredictionOutcome
from praxi_tasks.audit.publish import publish
from praxi_tasks.audit.report import AuditReport
from praxi_tasks.audit.run import summary_of
from praxi_tasks.audit.unknown_packages import NewPackage
from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.findings import Route
from praxi_tasks.findings.assessment import AssessedAudit, History
from praxi_tasks.store import Store, documents, keys


class Adoption:
    """Stores documents of the audit ``run_id``."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id

    def plan(self, plan: Plan) -> None:
        """Store a plan, and the numbers of its batches."""
        self._write("plan.json", plan)
        self._write("batches.json", list(range(plan.batches)))

    def predictions(
        self, source: str, found: Mapping[str, LayerPrediction | Failure], version: str = ""
    ) -> None:
        """Store what somebody says about layers, for this audit alone: nobody vouches that it stays true.

        Packages to be learned are none, for only a model can be asked what it does not know.

        Parameters
        ----------
        source
            Who says so; stands in the place of a model's identity.
        found
            By the layers' digests.
        """
        model = keys.part(f"{source}-{self._run}")
        for digest, one in found.items():
            if isinstance(one, LayerPrediction):
                made = msgspec.structs.replace(
                    one, digest=digest, model=model, version=one.version or version
                )
                documents.write(self._store, keys.layer_prediction(digest, model), made)
        failures = {digest: one for digest, one in found.items() if isinstance(one, Failure)}
        self._write("predictions.json", PredictionOutcome(model, failures, version))
        self._write("new-packages.json", ())

    def report(self, report: AuditReport) -> None:
        """Store a report and its summary."""
        self._write("report.json", report)
        key = keys.run(self._run, "new-packages.json")
        try:
            packages = len(documents.read(self._store, key, tuple[NewPackage, ...]))
        except KeyNotFoundError:
            packages = 0
        self._write("summary.json", summary_of(report, packages, keys.run(self._run, "report.json")))

    def findings(self, assessed: AssessedAudit, routes: tuple[Route, ...] = ()) -> list[str]:
        """Store findings, and publish the page, tables, SARIF and SBOMs of them; return what can't be made.

        Parameters
        ----------
        routes
            The policy's, which say whose a namespace is.
        """
        assessed = msgspec.structs.replace(assessed, run=self._run)
        before = History(self._store, assessed.scope.line).last_run(assessed.at, self._run)
        return publish(self._store, self._run, assessed, routes, before)

    def _write(self, name: str, document: object) -> None:
        documents.write(self._store, keys.run(self._run, name), document)
