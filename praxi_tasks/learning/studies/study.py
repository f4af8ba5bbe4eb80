"""What all studies have in common: numbered trials that share nothing but the store.

So each can run in a pod of its own. A trial that is started again overwrites its document, and one that died
has none: the best is taken of those that are done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from praxi_tasks.learning.estimators import record_course
from praxi_tasks.learning.studies.documents import Trial, read_trials, trial_key
from praxi_tasks.store import Store, documents


class Study:
    """One study of a training.

    Parameters
    ----------
    store
        Holds the trials.
    run_id
        The training's.
    name
        The study's.
    """

    def __init__(self, store: Store, run_id: str, name: str) -> None:
        self._store = store
        self._run = run_id
        self._name = name

    def history(self) -> tuple[float, ...]:
        """Return the F1 of each trial that is done, in the order of their numbers."""
        return tuple(trial.f1 for trial in self.done().values())

    def done(self) -> dict[int, Trial]:
        """Return the trials that are done, by their numbers and in their order."""
        return read_trials(self._store, self._run, self._name)

    def best_trial(self) -> Trial | None:
        """Return the best trial, the first of equals; ``None`` if none is done."""
        return max(self.done().values(), key=lambda trial: trial.f1, default=None)

    def attempt(
        self, number: int, chosen: Mapping[str, int | float | str], reached: Callable[[], float]
    ) -> float:
        """Measure what was chosen, write the trial's document, and return the F1."""
        began = time.process_time()
        with record_course() as course:
            f1 = reached()
        trial = Trial(dict(chosen), f1, course.points, time.process_time() - began)
        documents.write(self._store, trial_key(self._run, self._name, number), trial)
        return f1
