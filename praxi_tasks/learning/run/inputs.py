"""What the steps of a training read from the store: its plan, what it collected, and stored releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import numpy as np

from praxi_tasks.discovery import Model, Release
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.builds import import_builds
from praxi_tasks.learning.data import Identity, ReleaseStore, StoredRelease
from praxi_tasks.learning.estimators import DEFAULTS, Assignment, Hyperparameters
from praxi_tasks.learning.evaluation import MOST_RELEASES
from praxi_tasks.learning.run.documents import PLAN, TRAINED, Trained, step_document
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.sources import Collected
from praxi_tasks.learning.studies import ROUTING, TUNING, RoutingStudy, Trial, Tuning
from praxi_tasks.learning.training import TrainingTask, tuning_space
from praxi_tasks.store import Store, documents, keys

_SEED: Final = 20_260_102


class TrainingInputs:
    """The documents of the training ``run_id`` and the releases that it works with."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id
        self._releases = ReleaseStore(store)

    def key(self, name: str) -> str:
        """Return the store key of one of the run's documents."""
        return keys.training_run(self._run, name)

    def plan(self) -> TrainingPlan:
        """Read ``plan.json``."""
        return step_document(self._store, self.key(PLAN), TrainingPlan)

    def trained(self) -> Trained:
        """Read ``trained.json``."""
        return step_document(self._store, self.key(TRAINED), Trained)

    def collected(self) -> tuple[Collected, ...]:
        """Return how the search for each release ended, after storing what was built."""
        return import_builds(self._store, self._run, self._collected_by_batches())

    def _collected_by_batches(self) -> Iterable[Collected]:
        """Yield the outcomes of each batch; the releases of one that wrote none have failed."""
        plan = self.plan()
        for number in range(plan.batches):
            key = self.key(f"batches/{number}.json")
            try:
                yield from documents.read(self._store, key, tuple[Collected, ...])
            except KeyNotFoundError:
                yield from (
                    Collected(package, "failed", reason="its task died") for package in plan.batch(number)
                )

    def tuning(self, plan: TrainingPlan) -> Tuning:
        """Return the tuning of what the training makes."""
        space = tuning_space(self.assignment(plan), rebuilt=plan.settings.full_retrain)
        return Tuning(self._store, self._run, space)

    def routing(self, plan: TrainingPlan) -> RoutingStudy:
        """Return the study of how the training assigns releases to experts."""
        return RoutingStudy(self._store, self._run, plan.settings.assignment)

    def assignment(self, plan: TrainingPlan) -> Assignment:
        """Return how releases are assigned to experts: as the study found best, where one was asked for."""
        settings = plan.settings
        return self.routing(plan).best() if settings.routing_study else settings.assignment

    def hyperparameters(self, plan: TrainingPlan) -> Hyperparameters:
        """Return the hyper-parameters to train with: those that tuning found best, where it was asked for."""
        return self.tuning(plan).best() if plan.settings.tuning_trials else DEFAULTS

    def trials(self) -> dict[str, tuple[Trial, ...]]:
        """Return the trials that are done of each study that the training's settings ask for, by its name."""
        plan = self.plan()
        settings = plan.settings
        return {
            ROUTING: tuple(self.routing(plan).done().values()) if settings.routing_study else (),
            TUNING: tuple(self.tuning(plan).done().values()) if settings.tuning_trials else (),
        }

    def task(self, plan: TrainingPlan, base: Model, most: int | None = None) -> TrainingTask:
        """Return what to learn on top of ``base``: all that was collected, or ``most`` releases of it."""
        settings = plan.settings
        stored = [each.package.identity for each in self.collected() if each.state == "stored"]
        if not settings.full_retrain:
            new = [self._releases.get(identity) for identity in stored[:most]]
        elif most is None:
            new = list(self._releases.everything())
        else:
            base, new = Model(), self._releases.sample(most, _SEED)
        known = partial(self._known_to, base, most or MOST_RELEASES)
        return TrainingTask(base, new, known, self._releases, self.assignment(plan), settings.full_retrain)

    def old_releases(self, model: Model) -> list[Release]:
        """Return stored releases that a model knows: at most as many as an evaluation uses, at random."""
        return [each.release() for each in self._known_to(model, MOST_RELEASES)]

    def new_releases(self, model: Model, learned: Sequence[Identity]) -> list[Release]:
        """Return those of the learned releases that a model does not know; as many, at random."""
        unknown = [identity for identity in learned if not model.knows(*identity)]
        if len(unknown) > MOST_RELEASES:
            chosen = np.random.default_rng(_SEED).permutation(len(unknown))[:MOST_RELEASES]
            unknown = [unknown[place] for place in sorted(chosen.tolist())]
        return [self._releases.get(identity).release() for identity in unknown]

    def _known_to(self, model: Model, most: int) -> list[StoredRelease]:
        return self._releases.sample(most, _SEED, lambda each: model.knows(*each.identity))
