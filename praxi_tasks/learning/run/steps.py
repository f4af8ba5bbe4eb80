"""The steps of a training. Each is one task of the Dag, and reads and writes documents in the store.

A step that is started again repeats its work without harm: stored releases are found, equal models have one
identity and version, and an alias is set to the same version again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import numpy as np

from praxi_tasks.discovery import Model, bundle_size
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.data import (
    NewPackage,
    asked_for,
    import_bundled,
    merge,
    open_requests,
    parse_label,
    read_list,
)
from praxi_tasks.learning.evaluation import (
    Evaluation,
    calibration_is_off,
    evaluate,
    judge,
    record_calibration,
)
from praxi_tasks.learning.model_registry import ModelRegistry, load_base, open_registry, resolve_for
from praxi_tasks.learning.run.documents import (
    EVALUATION,
    GATE,
    PLAN,
    TRAINED,
    Approval,
    Judged,
    Promotion,
    Trained,
    step_document,
)
from praxi_tasks.learning.run.first_champion import with_first_champion
from praxi_tasks.learning.run.inputs import TrainingInputs
from praxi_tasks.learning.run.plan import TrainingPlan, TrainingSettings
from praxi_tasks.learning.run.promotion import promote_challenger, register_base, register_challenger
from praxi_tasks.learning.run.refusals import Refusals
from praxi_tasks.learning.run.tracking import tracker
from praxi_tasks.learning.run.unchanged import why_unchanged
from praxi_tasks.learning.sources import Collected, Collector, configured_sources
from praxi_tasks.learning.studies import ROUTING, TRIAL_RELEASES, TUNING, note_studies
from praxi_tasks.learning.training import TrainingTask, recalibrate
from praxi_tasks.store import ReadableRoots, Store, documents, keys

_SEED: Final = 20_260_102
_MOST_NAMED: Final = 100


class TrainingRun:
    """The steps of the training ``run_id`` over a store."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id
        self._inputs = TrainingInputs(store, run_id)
        self._refusals = Refusals(store, run_id)

    def key(self, name: str) -> str:
        """Return the store key of one of the run's documents."""
        return self._inputs.key(name)

    def plan(self, model_uri: str, settings: TrainingSettings) -> TrainingPlan:
        """Merge all open requests and write ``plan.json`` and ``batches.json``.

        Requests that came while another training ran are served by this one. The releases bundled with the
        model are stored, so that the evaluation can measure whether any of them is forgotten.

        Raises
        ------
        UsageError, DataError
            If a request that the settings name does not exist, a URI of theirs lies where a run may not read,
            or a package is not written like a release.
        CorruptObjectError, ReleaseRefusedError
            If the releases bundled with the model are damaged.
        """
        requests = open_requests(self._store)
        readable = ReadableRoots.of_run(self._store.uri)
        wanted = [package for request in requests.values() for package in request.packages]
        by_hand = [
            *asked_for(self._store, settings.request, readable),
            *map(parse_label, settings.packages),
            *read_list(settings.list, readable),
        ]
        base = resolve_for(self._store, model_uri)
        known = load_base(base)
        import_bundled(self._store, base.uri)
        packages = merge(package for package in [*wanted, *by_hand] if not known.knows(*package.identity))
        taught = tuple(each.label for each in merge(by_hand) if known.knows(*each.identity))[:_MOST_NAMED]
        off = calibration_is_off(self._store, known.id, settings.bars.calibration)
        recalibrates = off and not settings.full_retrain
        plan = TrainingPlan(tuple(requests), packages, base, settings, recalibrates, taught)
        documents.write(self._store, self.key(PLAN), plan)
        documents.write(self._store, self.key("batches.json"), list(range(plan.batches)))
        studied = len(self._inputs.routing(plan)) if settings.routing_study else 0
        note_studies(self._store, self._run, {ROUTING: studied, TUNING: settings.tuning_trials})
        return plan

    def fingerprint(self, batch: int) -> tuple[Collected, ...]:
        """Get the releases of one batch into the store and write ``batches/N.json``.

        Raises
        ------
        UsageError
            If the plan has no such batch.
        """
        plan = self._inputs.plan()
        if not 0 <= batch < plan.batches:
            raise UsageError(f"the plan has no batch {batch}", where=self.key(PLAN))
        collector = Collector(self._store, configured_sources(self._store), datetime.now(UTC).date())
        outcome = tuple(each for package in plan.batch(batch) for each in collector.collect_all(package))
        documents.write(self._store, self.key(f"batches/{batch}.json"), outcome)
        return outcome

    def route(self, number: int) -> float:
        """Try one assignment of releases to experts, and return the F1 it reached."""
        plan = self._inputs.plan()
        return self._inputs.routing(plan).try_once(number, self._tried(plan).reached_by)

    def tune(self, number: int) -> float:
        """Try one set of hyper-parameters, and return the F1 it reached."""
        plan = self._inputs.plan()
        return self._inputs.tuning(plan).try_once(number, self._tried(plan).reached)

    def _tried(self, plan: TrainingPlan) -> TrainingTask:
        return self._inputs.task(plan, load_base(plan.base), TRIAL_RELEASES)

    def train(self) -> Trained:
        """Learn what was collected, store and register the model, and write ``trained.json``."""
        plan = self._inputs.plan()
        base = load_base(plan.base)
        task = self._inputs.task(plan, base)
        began = time.process_time()
        increment = task.learn(self._inputs.hyperparameters(plan))
        seconds = time.process_time() - began
        model, recalibrated = increment.model, ""
        if plan.recalibrates and model.id != base.id:
            known = self._inputs.old_releases(model)
            model, recalibrated = recalibrate(model, known, np.random.default_rng(_SEED + 1))
        uri = f"{self._store.uri}/{keys.model(model.id)}"
        if model.id != base.id:
            model.save(uri, f"{self._store.uri}/{keys.parts()}")
        else:
            uri = plan.base.uri
        trained = Trained(
            model=model.id,
            uri=uri,
            version=self._registered(plan, base, model, uri),
            base=plan.base,
            base_model=base.id,
            learned=tuple(release.identity for release in increment.learned),
            indistinguishable=increment.indistinguishable,
            repaired=increment.repaired,
            false_positives=increment.false_positives,
            parts=len(model.parts),
            size=bundle_size(uri) if model.parts else 0,
            seconds=seconds,
            recalibrated=recalibrated,
        )
        documents.write(self._store, self.key(TRAINED), trained)
        return trained

    def evaluate(self) -> Evaluation | None:
        """Compare champion and challenger and write ``evaluation.json``; ``None`` if nothing was learned."""
        trained = self._inputs.trained()
        if not trained.changed:
            return None
        champion, challenger = load_base(trained.base), Model.load(trained.uri)
        old, new = self._inputs.old_releases(champion), self._inputs.new_releases(champion, trained.learned)
        evaluation = evaluate(champion, challenger, old, new, _SEED)
        for model, scores in (
            (trained.base_model, evaluation.champion_old),
            (trained.model, evaluation.challenger_old),
        ):
            if scores is not None:
                record_calibration(self._store, model, scores.calibration)
        evaluation = with_first_champion(self._store, evaluation, trained.base_model)
        documents.write(self._store, self.key(EVALUATION), evaluation)
        return evaluation

    def gate(self) -> Judged:
        """Judge the challenger by the bars and write ``gate.json``."""
        settings = self._inputs.plan().settings
        if not self._inputs.trained().changed:
            judged = Judged.unchanged(why_unchanged(self._inputs))
        else:
            evaluation = step_document(self._store, self.key(EVALUATION), Evaluation)
            judged = Judged.of(judge(evaluation, settings.bars, settings.weights))
            judged = self._refusals.recognise(judged)
        documents.write(self._store, self.key(GATE), judged)
        return judged

    def promote(self, approval: Approval | None = None) -> Promotion:
        """Make the challenger champion if it may be, and write ``promotion.json``.

        Parameters
        ----------
        approval
            A person's, which overrules the gate if it comes with a note.

        Raises
        ------
        RegistryDownError
            If the registry can't answer; the champion is unchanged, and a retry goes on.
        """
        judged = step_document(self._store, self.key(GATE), Judged)
        promotion = promote_challenger(self._registry(), self._inputs.trained(), judged, approval)
        documents.write(self._store, self.key("promotion.json"), promotion)
        return promotion

    def store_build_result(self, wanted: NewPackage, data: bytes) -> None:
        """Store the untrusted bytes that a build printed; :meth:`train` checks them."""
        self._store.replace(keys.training_build(self._run, *wanted.identity), data)

    def _registered(self, plan: TrainingPlan, base: Model, model: Model, uri: str) -> str:
        """Register base and model; return the model's version, the base's if nothing was learned."""
        registry = self._registry()
        register_base(registry, plan.base, base)
        if model.id == base.id:
            return plan.base.version
        tracked = tracker(registry, self._run, self._store.uri)
        record = tracked.start(plan.settings) if tracked else ""
        return register_challenger(registry, uri, model, self._run, record)

    def _registry(self) -> ModelRegistry:
        return open_registry(self._store.uri)
