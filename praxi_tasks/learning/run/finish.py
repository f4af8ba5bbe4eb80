"""Finishes a training: summary, report, record in MLflow, closed requests, old versions deleted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError, PraxiError
from praxi_tasks.learning.data import mark_served, request_retry
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.model_registry import CHAMPION, ModelRegistry, open_registry
from praxi_tasks.learning.run.documents import (
    EVALUATION,
    GATE,
    Judged,
    Promotion,
    Trained,
    TrainingSummary,
    step_document,
)
from praxi_tasks.learning.run.inputs import TrainingInputs
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.run.refusals import Refusals
from praxi_tasks.learning.run.report.page import ReportData, training_page
from praxi_tasks.learning.run.retention import newest_to_keep, prune
from praxi_tasks.learning.run.tracking import tracker
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)


def close_training(store: Store, run_id: str) -> TrainingSummary:
    """Write ``summary.json`` and ``report.html``, record the training in MLflow, and close its requests.

    Where there is no MLflow, those documents are the record. Requests are closed last, so that the next
    training serves those of one that dies before. Releases that no source had are requested again, until they
    are given up. Then old versions of the model are deleted; a failure of that is logged, and the next
    training tries again.

    Raises
    ------
    RegistryDownError
        If MLflow can't answer; a retry writes the same documents again.
    """
    run = TrainingInputs(store, run_id)
    plan = run.plan()
    registry = open_registry(store.uri)
    data = _report_data(store, run, run_id, plan, registry)
    documents.write(store, run.key("summary.json"), data.summary)
    page = training_page(data)
    store.replace(run.key("report.html"), page.encode())
    if tracked := tracker(registry, run_id, store.uri):
        record = tracked.start(plan.settings)
        tracked.finish(record, data.trained, data.evaluation, data.judged, page)
    declined = not data.promotion.promoted and not store.exists(run.key("promotion.json"))
    Refusals(store, run_id).remember(data.judged, data.promotion, declined=declined)
    request_retry(store, run_id, tuple(found.package for found in data.collected if found.state == "failed"))
    mark_served(store, plan.requests, run_id)
    _prune(store, registry)
    return data.summary


def _prune(store: Store, registry: ModelRegistry) -> None:
    try:
        gone = prune(store, registry, newest_to_keep())
    except PraxiError as error:
        logger.warning("old versions of the model could not be deleted: %s", error)
    else:
        logger.info("%d old versions of the model were deleted", len(gone))


def past_trainings(store: Store) -> list[TrainingSummary]:
    """Return the summaries of all trainings, the oldest first; damaged ones are left out."""
    found = []
    for key in store.list(keys.training_run("", "").rstrip("/")):
        if key.endswith("/summary.json"):
            try:
                found.append(documents.read(store, key, TrainingSummary))
            except CorruptObjectError:
                continue
    return sorted(found, key=lambda summary: summary.at)


def _report_data(
    store: Store, run: TrainingInputs, run_id: str, plan: TrainingPlan, registry: ModelRegistry
) -> ReportData:
    trained = run.trained()
    judged = step_document(store, run.key(GATE), Judged)
    evaluation = step_document(store, run.key(EVALUATION), Evaluation) if trained.changed else None
    promotion = _promotion(store, run, trained, registry)
    collected = run.collected()
    failed = sum(found.state != "stored" for found in collected)
    old, new = (evaluation.challenger_old, evaluation.challenger_new) if evaluation else (None, None)
    summary = TrainingSummary(
        at=_at(store, run),
        wanted=len(plan.packages),
        learned=len(trained.learned),
        failed=failed,
        promoted=promotion.promoted,
        champion=promotion.champion,
        report=run.key("report.html"),
        reasons=(promotion.reason,) if promotion.reason else (),
        rebuilt=plan.settings.full_retrain,
        size=trained.size,
        seconds=trained.seconds,
        f1_old=old.f1 if old else None,
        f1_new=new.f1 if new else None,
        repeats=judged.repeats,
    )
    history = _with(past_trainings(store), summary)
    return ReportData(
        run_id, trained, collected, evaluation, judged, promotion, summary, history, run.trials()
    )


def _promotion(store: Store, run: TrainingInputs, trained: Trained, registry: ModelRegistry) -> Promotion:
    """Return the promotion's document; where the step was skipped, a person declined it."""
    try:
        return documents.read(store, run.key("promotion.json"), Promotion)
    except KeyNotFoundError:
        champion = registry.find(CHAMPION)
        version = champion.version if champion else ""
        return Promotion(False, version, trained.base.version, "a person declined it")


def _at(store: Store, run: TrainingInputs) -> str:
    """Return when the training ended: a retry keeps the time of the first try."""
    try:
        return documents.read(store, run.key("summary.json"), TrainingSummary).at
    except KeyNotFoundError:
        return datetime.now(UTC).isoformat(timespec="microseconds")


def _with(past: Sequence[TrainingSummary], summary: TrainingSummary) -> list[TrainingSummary]:
    others = [each for each in past if each.report != summary.report]
    return sorted([*others, summary], key=lambda each: each.at)
