"""The audit's own monitoring: operators are notified of a run that fails or takes too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from praxi_airflow.notifiers.operations import OperationsNotifier

_LONGEST_AUDIT: Final = timedelta(hours=6)
_LATE: Final = {
    "alertname": "PraxiAuditLate",
    "text": "The audit is not done six hours after it was due; see which task waits, and its notes.",
}
_FAILED: Final = {
    "alertname": "PraxiAuditFailed",
    "text": "The audit failed as a whole; the failed task's notes say what to do.",
}


def watched() -> dict[str, Any]:
    """Return the arguments of a Dag that is watched: its deadline, and who hears of a failed run."""
    return {
        "deadline": DeadlineAlert(
            reference=DeadlineReference.DAGRUN_QUEUED_AT,
            interval=_LONGEST_AUDIT,
            callback=AsyncCallback(OperationsNotifier, kwargs=dict(_LATE)),
        ),
        "on_failure_callback": OperationsNotifier(**_FAILED),
    }
