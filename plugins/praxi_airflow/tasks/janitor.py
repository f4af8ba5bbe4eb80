"""The janitor: a run's last task, which deletes the pods that this run and ended ones have left."""

from __future__ import annotations

import logging
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from praxi_airflow.errors import airflow_failures
from praxi_airflow.runners import sweep
from praxi_airflow.settings import load_settings

logger = logging.getLogger(__name__)

_ENDED: Final = ("success", "failed")


def sweep_pods(ti: Any = None) -> list[str]:
    """Delete the pods of this run, of which nothing else is left to do, and of every run that has ended.

    Parameters
    ----------
    ti
        This task's instance, as Airflow gives it.

    Returns
    -------
    list
        The names of the pods that were deleted.
    """
    with airflow_failures():
        settings = load_settings()

    @cache
    def is_over(dag_id: str, run_id: str) -> bool:
        return (dag_id, run_id) == (ti.dag_id, ti.run_id) or _has_ended(ti, dag_id, run_id)

    return sweep(settings, is_over)


def _has_ended(ti: Any, dag_id: str, run_id: str) -> bool:
    """Return whether a run has ended, or was deleted; a run about which Airflow says nothing has not."""
    from airflow.sdk.exceptions import AirflowRuntimeError

    try:
        return ti.get_dagrun_state(dag_id, run_id) in _ENDED
    except AirflowRuntimeError as error:
        status = (error.error.detail or {}).get("status_code")
        logger.info("the run %s of %s is not known: %s", run_id, dag_id, error)
        return status == HTTPStatus.NOT_FOUND
