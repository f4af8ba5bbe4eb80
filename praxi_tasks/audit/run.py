"""An audit as a run: its documents in the store, and the steps that read and write them.

Each step is one task of the Dag (or one pod) and finds what the step before left under the run's keys.
A step that is started again does the same work again, and finds most of it done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from praxi_tasks.audit.assessment import AuditAssessor
from praxi_tasks.audit.deployed import DeployedImage
from praxi_tasks.audit.failure import Failure, UnfinishedError, is_last_try
from praxi_tasks.audit.fingerprint import BatchOutcome, LayerReader
from praxi_tasks.audit.model_knowledge import KnowledgeCollector
from praxi_tasks.audit.plan import BatchLimits, Plan, make_plan
from praxi_tasks.audit.predict import PredictionOutcome, predict_layers
from praxi_tasks.audit.publish import publish
from praxi_tasks.audit.reduce import reduce_audit
from praxi_tasks.audit.report import AuditReport, State
from praxi_tasks.audit.resolve import ImageResolver
from praxi_tasks.audit.stored_layers import StoredLayers
from praxi_tasks.audit.unknown_packages import NewPackage, new_packages
from praxi_tasks.errors import KeyNotFoundError, UsageError
from praxi_tasks.findings.assessment import PLAUSIBLE_SHARE, AssessedAudit, Assessor, History
from praxi_tasks.findings.scope import DOCUMENT as SCOPE
from praxi_tasks.findings.scope import ListGap, Scope
from praxi_tasks.oci.image import Platform
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.oci.registry import RegistrySettings
from praxi_tasks.store import Store, documents, keys, require_write_once

if TYPE_CHECKING:
    from praxi_tasks.discovery import Model

_NO_SCOPE: Final = "the run has no scope.json, so nothing says what was listed"
_RUN_ID = re.compile(r"[A-Za-z0-9_=+.-]{1,250}")


class Summary(msgspec.Struct, frozen=True):
    """What the Dag and the terminal say about a finished audit; ``report`` is a store key.

    ``failures`` counts the failed images by the code of their reason; ``unpublished`` names the documents
    that could not be made; the log says why.
    """

    images: dict[State, int]
    new_packages: int
    report: str
    failures: dict[str, int] = {}
    unpublished: tuple[str, ...] = ()


class AuditRun:
    """The steps of the audit ``run_id`` over a store."""

    def __init__(self, store: Store, run_id: str) -> None:
        if not _RUN_ID.fullmatch(run_id) or run_id in {".", ".."}:
            raise UsageError("not a run id", where=repr(run_id), action="use letters, digits and _=+.-")
        self._store = store
        self._run = run_id

    def key(self, name: str) -> str:
        """Return the store key of one of the run's documents."""
        return keys.run(self._run, name)

    def plan(
        self,
        platform: Platform,
        *,
        limits: BatchLimits | None = None,
        force: bool = False,
        interval: str = "",
    ) -> Plan:
        """Resolve ``images.json`` and write ``plan.json`` and ``batches.json``.

        Raises
        ------
        StoreError
            If the store can't do what all steps rely on.
        UnfinishedError
            If a registry was unavailable and this is not the last try; the plan is written all the same.
        """
        require_write_once(self._store)
        images = documents.read(self._store, self.key("images.json"), tuple[DeployedImage, ...])
        resolver = ImageResolver(self._store, RegistrySettings.from_environment(), platform)
        plan = make_plan(images, resolver, self._store, limits=limits, force=force, interval=interval)
        documents.write(self._store, self.key("plan.json"), plan)
        documents.write(self._store, self.key("batches.json"), list(range(plan.batches)))
        _retry_later([image.failure for image in plan.images if image.failure])
        return plan

    def fingerprint(self, batch: int) -> BatchOutcome:
        """Read the layers of one batch and write ``batches/N.json``.

        Raises
        ------
        UsageError
            If the plan has no such batch.
        UnfinishedError
            If a layer met an error that may pass and this is not the last try.
        """
        plan = self._plan()
        if not 0 <= batch < plan.batches:
            raise UsageError(f"the plan has no batch {batch}", where=self.key("plan.json"))
        reader = LayerReader(
            plan, self._store, RegistrySettings.from_environment(), LayerLimits.from_environment()
        )
        outcome = reader.read(plan.batch(batch))
        documents.write(self._store, self.key(f"batches/{batch}.json"), outcome)
        _retry_later(outcome.failures.values())
        return outcome

    def predict(self, model: Model, version: str = "", problem: str = "") -> PredictionOutcome:
        """Predict every layer of the plan; write ``predictions.json`` and ``new-packages.json``.

        Parameters
        ----------
        version
            The model's version in the registry, if it is from there.
        problem
            Why it stands in for the model that was asked for.
        """
        plan = self._plan()
        asked, layers = KnowledgeCollector(model), map(plan.digests_of, plan.images)
        outcome = predict_layers(plan, self._store, model, version=version)
        packages = new_packages(layers, self._store, model, asked.add, outcome.suites)
        outcome = msgspec.structs.replace(outcome, knowledge=asked.knowledge(), problem=problem)
        documents.write(self._store, self.key("predictions.json"), outcome)
        documents.write(self._store, self.key("new-packages.json"), packages)
        return outcome

    def report(
        self, assessor: Assessor | None = None, *, plausible_share: float = PLAUSIBLE_SHARE
    ) -> AuditReport:
        """Reduce the run to its report and assess its images.

        Writes ``report.json``, ``summary.json`` and what :mod:`praxi_tasks.audit.publish` makes: the page,
        tables, SARIF, SBOMs, and ``findings.json`` for ``praxi notify`` and ``praxi metrics``.

        Parameters
        ----------
        assessor
            What is known about vulnerabilities and ages; by default nothing is.
        plausible_share
            See :func:`~praxi_tasks.findings.assessment.plausibility.with_plausibility`.
        """
        plan = self._plan()
        predictions = documents.read(self._store, self.key("predictions.json"), PredictionOutcome)
        packages = documents.read(self._store, self.key("new-packages.json"), tuple[NewPackage, ...])
        failures = {**predictions.failures, **self._batch_failures(plan)}
        stored = StoredLayers(self._store, predictions.model, plan.layer_sizes, predictions.suites)
        assessor = assessor or Assessor.without_feeds(self.day())
        assessment = AuditAssessor(stored, assessor, predictions.knowledge)
        report = reduce_audit(plan, failures, stored, predictions.model, assessment.add)
        report = msgspec.structs.replace(
            report, model_version=predictions.version, model_problem=predictions.problem
        )
        scope = self._scope(plan)
        history, at = History(self._store, scope.line), self._end(plan.interval)
        assessed = assessment.finish(report, history, self._run, at, scope, plausible_share)
        report = report.with_coverage(assessed)
        documents.write(self._store, self.key("report.json"), report)
        before = history.last_run(assessed.at, self._run)
        missing = publish(self._store, self._run, assessed, assessor.policy.routes, before)
        summary = summary_of(report, len(packages), self.key("report.json"), missing)
        documents.write(self._store, self.key("summary.json"), summary)
        return report

    def day(self) -> date:
        """Return the day the audit speaks about: the end of its interval, today if it has none."""
        return date.fromisoformat(self._end(self._plan().interval)[:10])

    def assessed(self) -> AssessedAudit:
        """Return what ``report`` left; a later audit that there is by now makes it an earlier one.

        Whoever runs a task of an old audit again must not alarm by what was known then.
        """
        audit = documents.read(self._store, self.key("findings.json"), AssessedAudit)
        newest = audit.newest and History(self._store, audit.scope.line).is_newest(audit.at)
        return msgspec.structs.replace(audit, newest=newest)

    def _end(self, interval: str) -> str:
        end = interval.rpartition("/")[2]
        try:
            moment = datetime.fromisoformat(end)
        except ValueError:
            moment = datetime.now(UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds")

    def _scope(self, plan: Plan) -> Scope:
        """Return the run's scope; of a run whose first task did not write one, nothing is concluded."""
        try:
            return documents.read(self._store, self.key(SCOPE), Scope)
        except KeyNotFoundError:
            return Scope(kind="scheduled" if plan.interval else "manual", gaps=(ListGap(_NO_SCOPE),))

    def _plan(self) -> Plan:
        return documents.read(self._store, self.key("plan.json"), Plan)

    def _batch_failures(self, plan: Plan) -> dict[str, Failure]:
        """Collect the batches' failures; a batch that left no document says nothing, its layers do.

        A document may be of an earlier try, or of the plan before the run was cleared: what was read since
        has not failed. Where layers are read again by force, that they are there says nothing.
        """
        failures: dict[str, Failure] = {}
        for number in range(plan.batches):
            try:
                outcome = documents.read(self._store, self.key(f"batches/{number}.json"), BatchOutcome)
            except KeyNotFoundError:
                continue
            mine = {layer.digest for layer in plan.batch(number)}
            failures.update({digest: why for digest, why in outcome.failures.items() if digest in mine})
        return {digest: why for digest, why in failures.items() if plan.forced or not self._is_read(digest)}

    def _is_read(self, digest: str) -> bool:
        return all(map(self._store.exists, keys.layer_documents(digest)))


def summary_of(report: AuditReport, packages: int, key: str, unpublished: Sequence[str] = ()) -> Summary:
    """Return the summary of a report; ``packages`` are those to be learned."""
    return Summary(
        images={state: report.count(state) for state in State},
        new_packages=packages,
        report=key,
        failures=Counter(image.reason_code for image in report.images if image.reason_code),
        unpublished=tuple(unpublished),
    )


def _retry_later(failures: Iterable[Failure]) -> None:
    """Ask for another try if one may help and there will be one."""
    passing = [failure.message for failure in failures if failure.retryable]
    if passing and not is_last_try():
        raise UnfinishedError(f"{len(passing)} could not be read now, the first: {passing[0]}")
