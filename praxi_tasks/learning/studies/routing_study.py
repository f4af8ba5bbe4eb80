"""Studies which releases should share an expert: each way of assigning them is one trial."""

from __future__ import annotations

from collections.abc import Callable

from praxi_tasks.errors import UsageError
from praxi_tasks.learning.estimators import Assignment, routings_to_try
from praxi_tasks.learning.studies.documents import ROUTING
from praxi_tasks.learning.studies.study import Study
from praxi_tasks.store import Store


class RoutingStudy(Study):
    """The trials of one training's assignment of releases to experts.

    Parameters
    ----------
    store
        Holds the trials.
    run_id
        The training's.
    asked
        The assignment that the training's settings name: the first trial, so that the best is no worse.
    """

    def __init__(self, store: Store, run_id: str, asked: Assignment) -> None:
        super().__init__(store, run_id, ROUTING)
        self._asked = asked
        self._assignments = routings_to_try(asked)

    def __len__(self) -> int:
        """Return how many trials the study has."""
        return len(self._assignments)

    def try_once(self, number: int, reached: Callable[[Assignment], float]) -> float:
        """Try one assignment and return its F1.

        Parameters
        ----------
        number
            The trial's.
        reached
            Returns the F1 that an assignment reaches.

        Raises
        ------
        UsageError
            If the study has no such trial.
        """
        if not 0 <= number < len(self):
            raise UsageError(
                f"the study has no trial {number}",
                where=self._run,
                action=f"their numbers go from 0 to {len(self) - 1}",
            )
        assignment = self._assignments[number]
        return self.attempt(number, assignment._asdict(), lambda: reached(assignment))

    def best(self) -> Assignment:
        """Return the assignment of the best trial; the one that was asked for if none is done."""
        best = self.best_trial()
        return next(
            (each for each in self._assignments if best and each._asdict() == best.chosen), self._asked
        )
