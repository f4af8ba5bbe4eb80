"""What all of Praxi's tasks have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from praxi_airflow.settings import Settings


def default_args(settings: Settings) -> dict[str, Any]:
    """Return a Dag's ``default_args``: owner, pool, retries with growing pauses, and a longest life."""
    return {
        "owner": "praxi",
        "pool": settings.pool,
        "retries": settings.retries,
        "retry_delay": settings.retry_delay,
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=15),
        "execution_timeout": settings.task_timeout,
    }
