"""A training as a run: its documents in the store, and the steps that read and write them.

Each step is one task of the Dag. A step that is started again does the same work again: stored releases are
found, the same model has the same identity and version, an alias that is set is set again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np

from praxi_tasks.discovery.bundle import bundle_size
from praxi_tasks.discovery.model import Model
from praxi_tasks.errors import KeyNotFoundError, UsageError
from praxi_tasks.learning.builds import import_builds
from praxi_tasks.learning.data import (
    Identity,
    NewPackage,
    ReleaseStore,
    StoredRelease,
    asked_for,
    import_bundled,
    merge,
    open_requests,
    parse_label,
    read_list,
)
from praxi_tasks.learning.estimators.hyperparameters import DEFAULTS
from praxi_tasks.learning.evaluation.champion_challenger import MOST_RELEASES, Evaluation, evaluate
from praxi_tasks.learning.evaluation.gate import judge
from praxi_tasks.learning.model_registry import (
    CHAMPION,
    ORIGIN_TAG,
    ModelRegistry,
    load_base,
    resolve_model,
    tracking_uri,
)
from praxi_tasks.learning.run.documents import Judged, Promotion, Trained
from praxi_tasks.learning.run.plan import TrainingPlan, TrainingSettings
from praxi_tasks.learning.run.tracking import Tracker, artifacts
from praxi_tasks.learning.run.tuning import MOST_RELEASES as SAMPLE
from praxi_tasks.learning.run.tuning import Tuning
from praxi_tasks.learning.sources import Collected, Collector, configured_sources
from praxi_tasks.learning.training.task import TrainingTask, space_of
from praxi_tasks.store import Store, documents, keys

_SEED = 20_260_102


class TrainingRun:
    """The steps of the training ``run_id`` over a store."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._releases = ReleaseStore(store)
        self._run = run_id

    def key(self, name: str) -> str:
        """Return the store key of one of the run's documents."""
        return keys.training_run(self._run, name)

    def plan(self, model_uri: str, settings: TrainingSettings) -> TrainingPlan:
        """Gather what every open request wants and write ``plan.json`` and ``batches.json``.

        Requests that came while another training ran are all served by this one: merged, not lost. What the
        model carries is stored, so that it can be seen whether anything of it is forgotten.

        Raises
        ------
        UsageError, DataError
            If the settings name a request that is none, or a package that is no release.
        CorruptObjectError, ReleaseRefusedError
            If what the model carries is damaged.
        """
        requests = open_requests(self._store)
        wanted = [package for request in requests.values() for package in request.packages]
        by_hand = [
            *asked_for(self._store, settings.request),
            *map(parse_label, settings.packages),
            *read_list(settings.list),
        ]
        base = resolve_model(model_uri, self._store.uri)
        known = load_base(base)
        import_bundled(self._store, base.uri)
        packages = merge(package for package in [*wanted, *by_hand] if not known.knows(*package.identity))
        plan = TrainingPlan(tuple(requests), packages, base, settings)
        documents.write(self._store, self.key("plan.json"), plan)
        documents.write(self._store, self.key("batches.json"), list(range(plan.batches)))
        return plan

    def fingerprint(self, batch: int) -> tuple[Collected, ...]:
        """Get the releases of one batch into the store and write ``batches/N.json``.

        Raises
        ------
        UsageError
            If the plan has no such batch.
        """
        plan = self._plan()
        if not 0 <= batch < plan.batches:
            raise UsageError(f"the plan has no batch {batch}", where=self.key("plan.json"))
        collector = Collector(self._store, configured_sources(self._store), datetime.now(UTC).date())
        outcome = tuple(each for package in plan.batch(batch) for each in collector.collect_all(package))
        documents.write(self._store, self.key(f"batches/{batch}.json"), outcome)
        return outcome

    def tune(self, number: int) -> float:
        """Try one set of hyper-parameters, and return the F1 it reached."""
        plan = self._plan()
        return self._tuning(plan).try_once(number, self._task(plan, load_base(plan.base), SAMPLE).reached)

    def train(self) -> Trained:
        """Learn what was collected, store and register the model, and write ``trained.json``."""
        plan = self._plan()
        base = load_base(plan.base)
        task = self._task(plan, base)
        began = time.process_time()
        increment = task.learn(self._tuning(plan).best() if plan.settings.tuning_trials else DEFAULTS)
        model, seconds = increment.model, time.process_time() - began
        uri = f"{self._store.uri}/{keys.model(model.id)}"
        if model.id != base.id:
            model.save(uri)
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
        )
        documents.write(self._store, self.key("trained.json"), trained)
        return trained

    def evaluate(self) -> Evaluation | None:
        """Compare champion and challenger and write ``evaluation.json``; nothing if nothing was learned."""
        trained = self._trained()
        if not trained.changed:
            return None
        champion, challenger = load_base(trained.base), Model.load(trained.uri)
        unknown = [identity for identity in trained.learned if not champion.knows(*identity)]
        new = [self._releases.get(identity).release() for identity in _some(unknown)]
        old = [each.release() for each in self._known_to(champion)]
        evaluation = evaluate(champion, challenger, old, new, _SEED)
        documents.write(self._store, self.key("evaluation.json"), evaluation)
        return evaluation

    def gate(self) -> Judged:
        """Hold the challenger against the bars and write ``gate.json``."""
        settings = self._plan().settings
        if not self._trained().changed:
            judged = Judged.unchanged()
        else:
            evaluation = documents.read(self._store, self.key("evaluation.json"), Evaluation)
            judged = Judged.of(judge(evaluation, settings.bars, settings.weights))
        documents.write(self._store, self.key("gate.json"), judged)
        return judged

    def promote(self) -> Promotion:
        """Make the challenger champion if it may be, and write ``promotion.json``.

        Raises
        ------
        RegistryDownError
            If the registry can't answer; the champion is the one of before, and a retry goes on.
        """
        trained, judged = self._trained(), documents.read(self._store, self.key("gate.json"), Judged)
        registry = ModelRegistry(tracking_uri(self._store.uri))
        champion = registry.find(CHAMPION)
        before = champion.version if champion else ""
        reason = _obstacle(trained, judged, before)
        if not reason:
            champion = registry.promote(registry.get(trained.version))
        promotion = Promotion(not reason, champion.version if champion else "", trained.base.version, reason)
        documents.write(self._store, self.key("promotion.json"), promotion)
        return promotion

    def store_build_result(self, wanted: NewPackage, data: bytes) -> None:
        """Keep what a build handed over, for :meth:`train` to look at."""
        self._store.replace(keys.training_build(self._run, *wanted.identity), data)

    def collected(self) -> tuple[Collected, ...]:
        """Return how the search for each release ended; what was built is stored."""
        return import_builds(self._store, self._run, self._fingerprinted())

    def _fingerprinted(self) -> Iterable[Collected]:
        """Yield how each batch ended; one that died left nothing."""
        plan = self._plan()
        for number in range(plan.batches):
            key = self.key(f"batches/{number}.json")
            try:
                yield from documents.read(self._store, key, tuple[Collected, ...])
            except KeyNotFoundError:
                yield from (
                    Collected(package, "failed", reason="its task died") for package in plan.batch(number)
                )

    def trials(self) -> tuple[float, ...]:
        """Return the F1 of each trial that was completed."""
        plan = self._plan()
        return self._tuning(plan).history() if plan.settings.tuning_trials else ()

    def _tuning(self, plan: TrainingPlan) -> Tuning:
        settings = plan.settings
        space = space_of(settings.assignment, rebuilt=settings.full_retrain)
        return Tuning(self._store, self._run, space)

    def _task(self, plan: TrainingPlan, base: Model, most: int | None = None) -> TrainingTask:
        """Return what there is to learn, or ``most`` releases of it."""
        settings = plan.settings
        stored = [each.package.identity for each in self.collected() if each.state == "stored"]
        if not settings.full_retrain:
            new = [self._releases.get(identity) for identity in stored[:most]]
        elif most is None:
            new = list(self._releases.everything())
        else:
            base, new = Model(), self._releases.sample(most, _SEED)
        known = partial(self._known_to, base, most or MOST_RELEASES)
        return TrainingTask(base, new, known, self._releases, settings.assignment, settings.full_retrain)

    def _known_to(self, model: Model, most: int = MOST_RELEASES) -> list[StoredRelease]:
        """Return some of the stored releases that a model knows."""
        return self._releases.sample(most, _SEED, lambda each: model.knows(*each.identity))

    def _registered(self, plan: TrainingPlan, base: Model, model: Model, uri: str) -> str:
        """Register the model as challenger, and the one it builds on if the registry never saw it."""
        registry = ModelRegistry(tracking_uri(self._store.uri))
        if base.parts or base.experts:
            version = registry.register(plan.base.uri, base.id, {ORIGIN_TAG: "starter"})
            if registry.find(CHAMPION) is None:
                registry.promote(version)
        if model.id == base.id:
            return plan.base.version
        record = Tracker(registry, self._run, artifacts(self._store.uri)).start(plan.settings)
        version = registry.register(uri, model.id, {ORIGIN_TAG: self._run}, record)
        registry.challenge(version)
        return version.version

    def _plan(self) -> TrainingPlan:
        return documents.read(self._store, self.key("plan.json"), TrainingPlan)

    def _trained(self) -> Trained:
        return documents.read(self._store, self.key("trained.json"), Trained)


def _some(identities: Sequence[Identity]) -> Sequence[Identity]:
    if len(identities) <= MOST_RELEASES:
        return identities
    chosen = np.random.default_rng(_SEED).permutation(len(identities))[:MOST_RELEASES]
    return [identities[place] for place in sorted(chosen.tolist())]


def _obstacle(trained: Trained, judged: Judged, champion: str) -> str:
    """Return why a challenger must not be promoted, or nothing."""
    if not judged.passed:
        return "; ".join(judged.reasons)
    if champion not in {trained.version, trained.base.version} and trained.base.version:
        return f"version {champion} became champion meanwhile: train again on top of it"
    return ""
