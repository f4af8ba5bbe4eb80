"""Which tasks get the pool's next slots: an operator's own runs and pushes before what is scheduled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from airflow.task.priority_strategy import (
    PriorityWeightStrategy,
    validate_and_load_priority_weight_strategy,
)

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance

AHEAD: Final = 1000
"""More than any task's weight among the tasks of its run."""

# Airflow's own, and those of the trainings that an audit or an alert asks for. Not those that an
# asset triggers: they are of pushes, which are to be audited within a minute.
_UNATTENDED: Final = ("scheduled__", "backfill__", "audit__", "drift__")


class OwnRunsFirst(PriorityWeightStrategy):
    """Airflow's rule *downstream*, and every task of a run that somebody waits for before all others.

    A first audit of a whole cluster has hundreds of batches in the pool's queue; an image that is audited by
    hand, or was pushed, meanwhile takes the next slots that become free.
    """

    def get_weight(self, ti: TaskInstance) -> int:
        """Return the weight of a task of a run."""
        weight = validate_and_load_priority_weight_strategy("downstream").get_weight(ti)
        return weight + (0 if ti.run_id.startswith(_UNATTENDED) else AHEAD)


OWN_RUNS_FIRST: Final = f"{OwnRunsFirst.__module__}.{OwnRunsFirst.__name__}"
"""The rule by its name: of a mapped task Airflow keeps an object as a text that it can't read again."""
