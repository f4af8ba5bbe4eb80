"""The audit's own monitoring: operators are notified of a run that fails or takes too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import BaseDeadlineReference, DeadlineAlert

from praxi_airflow.notifiers.operations import OperationsNotifier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_LONGEST_AUDIT: Final = timedelta(hours=6)
_LATE: Final = {
    "alertname": "PraxiAuditLate",
    "text": "The audit is not done six hours after it was due; see which task waits, and its notes.",
}
_FAILED: Final = {
    "alertname": "PraxiAuditFailed",
    "text": "The audit failed as a whole; the failed task's notes say what to do.",
}


class FirstQueued(BaseDeadlineReference):
    """When a run was queued for the first time; clearing it moves no deadline.

    Airflow's own reference is moved when a run is cleared, and from 3.3.0 on it can't: clearing answers 500
    (https://github.com/apache/airflow/issues/70368). The plugin registers this one.
    """

    required_kwargs: ClassVar[set[str]] = {"dag_id", "run_id"}

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        from airflow.models import DagRun
        from sqlalchemy import select

        run = (DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        queued: datetime | None = session.scalar(select(DagRun.queued_at).where(*run))
        return queued


def watched() -> dict[str, Any]:
    """Return the arguments of a Dag that is watched: its deadline, and who hears of a failed run."""
    return {
        "deadline": DeadlineAlert(
            reference=FirstQueued(),
            interval=_LONGEST_AUDIT,
            callback=AsyncCallback(OperationsNotifier, kwargs=dict(_LATE)),
        ),
        "on_failure_callback": OperationsNotifier(**_FAILED),
    }
