"""Tunes hyper-parameters by trials that run in parallel and share their results through the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from praxi_tasks.learning.estimators import DEFAULTS, Hyperparameters, Space
from praxi_tasks.store import Store, documents, keys

MOST_RELEASES: Final = 300
"""How many releases a trial learns and draws its layers from: few, so that it takes seconds."""


class Trial(msgspec.Struct, frozen=True):
    """A set of hyper-parameters that was tried, and the F1 it reached."""

    chosen: dict[str, int | float]
    f1: float


class Tuning:
    """The trials of one training. Each is a document of its run, which later trials read.

    They share nothing but the store, so that each can run in a pod of its own; a trial that is started again
    overwrites its document.

    Parameters
    ----------
    store
        Holds the trials.
    run_id
        The training's.
    space
        The search space.
    """

    def __init__(self, store: Store, run_id: str, space: Space) -> None:
        self._store = store
        self._folder = keys.training_run(run_id, "trials")
        self._space = space

    def try_once(self, number: int, reached: Callable[[Hyperparameters], float]) -> float:
        """Try one set of hyper-parameters and return its F1.

        Parameters
        ----------
        number
            The trial's, which seeds the choice; the first tries the defaults, so that the best is no worse.
        reached
            Returns the F1 that some hyper-parameters reach.
        """
        chosen = self._choose(number) if number else self._space.defaults()
        found = Trial(chosen, reached(DEFAULTS.with_choice(chosen)))
        documents.write(self._store, self._key(number), found)
        return found.f1

    def best(self) -> Hyperparameters:
        """Return those of the best trial, the first of equals; the defaults if none was completed."""
        done = self._trials()
        return DEFAULTS.with_choice(max(done, key=lambda trial: trial.f1).chosen) if done else DEFAULTS

    def history(self) -> tuple[float, ...]:
        """Return the F1 of each completed trial, in the order of their numbers."""
        return tuple(trial.f1 for trial in self._trials())

    def _key(self, number: int) -> str:
        return f"{self._folder}/{number}.json"

    def _trials(self, besides: str = "") -> list[Trial]:
        found = sorted(self._store.list(self._folder), key=lambda key: (len(key), key))
        return [documents.read(self._store, key, Trial) for key in found if key != besides]

    def _choose(self, number: int) -> dict[str, int | float]:
        """Return what Optuna proposes, knowing all other trials that are done."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=number))
        space = self._space.distributions()
        for trial in self._trials(besides=self._key(number)):
            study.add_trial(
                optuna.trial.create_trial(params=trial.chosen, distributions=space, value=trial.f1)
            )
        return dict(study.ask(space).params)
