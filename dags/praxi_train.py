"""Learn the packages that an audit met and the model has never seen.

An audit starts this Dag with `{"request": "<store URI>"}`; a request can also be given by hand. What was
asked is recorded in the store under `training/records/<run>.json`.

**Triage.** A run that fails at once was given a URI that names no request: look at its configuration.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from praxi_airflow import triage
from praxi_airflow.defaults import default_args
from praxi_airflow.settings import load_settings
from praxi_airflow.training import record_request

settings = load_settings()


@dag(
    dag_id="praxi_train",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["praxi", "training"],
    default_args=default_args(settings),
    params={
        "request": Param(type="string", minLength=1, title="Request", description="Store URI of a request."),
    },
)
def praxi_train() -> None:
    """Declare the training."""

    @task(doc_md=triage.REQUESTED)
    def requested() -> dict[str, Any]:
        return record_request(get_current_context())

    requested()


praxi_train()
