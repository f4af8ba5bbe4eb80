"""What all of Praxi's tasks have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from praxi_airflow.priority import OWN_RUNS_FIRST
from praxi_airflow.settings import Settings


def default_args(settings: Settings) -> dict[str, Any]:
    """Return a Dag's ``default_args``: owner, pool, order, retries with growing pauses, a longest life."""
    return {
        "owner": "praxi",
        "pool": settings.pool,
        "weight_rule": OWN_RUNS_FIRST,
        "retries": settings.retries,
        "retry_delay": settings.retry_delay,
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=15),
        "execution_timeout": settings.task_timeout,
    }
