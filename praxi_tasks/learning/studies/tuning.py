"""Tunes hyper-parameters by trials that run in parallel and learn from each other's results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from praxi_tasks.learning.estimators import DEFAULTS, Hyperparameters, Space
from praxi_tasks.learning.studies.documents import TUNING, Trial
from praxi_tasks.learning.studies.study import Study
from praxi_tasks.store import Store

TRIAL_RELEASES: Final = 300
"""How many releases a trial learns and draws its layers from: few, so that it takes seconds."""


class Tuning(Study):
    """The trials of hyper-parameters, each of which knows those that were done before it.

    Parameters
    ----------
    store
        Holds the trials.
    run_id
        The training's.
    space
        The search space; trials of another one, from before an assignment changed, don't count.
    """

    def __init__(self, store: Store, run_id: str, space: Space) -> None:
        super().__init__(store, run_id, TUNING)
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
        return self.attempt(number, chosen, lambda: reached(DEFAULTS.with_choice(chosen)))

    def best(self) -> Hyperparameters:
        """Return those of the best trial; the defaults if none is done."""
        best = self.best_trial()
        return DEFAULTS.with_choice(_numbers(best)) if best else DEFAULTS

    def done(self) -> dict[int, Trial]:
        """Return the trials of the space that are done, by their numbers and in their order."""
        names = self._space.defaults().keys()
        return {number: trial for number, trial in super().done().items() if trial.chosen.keys() == names}

    def _choose(self, number: int) -> dict[str, Any]:
        """Return what Optuna proposes, knowing all other trials that are done."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=number))
        space = self._space.distributions()
        for other, trial in self.done().items():
            if other != number:
                study.add_trial(
                    optuna.trial.create_trial(params=trial.chosen, distributions=space, value=trial.f1)
                )
        return dict(study.ask(space).params)


def _numbers(trial: Trial) -> dict[str, float]:
    return {name: value for name, value in trial.chosen.items() if not isinstance(value, str)}
