"""How a run of any of Praxi's Dags ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_airflow import task_docs
from praxi_airflow.settings import Settings
from praxi_airflow.tasks import sweep_pods

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator


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
