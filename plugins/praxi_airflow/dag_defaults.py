"""What all of Praxi's tasks have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from praxi_airflow import task_docs
from praxi_airflow.settings import Settings
from praxi_airflow.tasks import sweep_pods

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator


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


def swept(settings: Settings, *last: BaseOperator) -> None:
    """Let a Dag's run end with the task that deletes what pods were left; without pods there is none.

    As a teardown it runs however the others ended, and whether it succeeds does not colour the run.

    Parameters
    ----------
    last
        The tasks that no other one waits for.
    """
    from airflow.providers.standard.operators.python import PythonOperator

    if settings.runner == "pod":
        sweep = PythonOperator(task_id="sweep", python_callable=sweep_pods, doc_md=task_docs.SWEEP)
        [*last] >> sweep.as_teardown()
