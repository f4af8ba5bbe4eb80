"""Learn the packages that an audit met and the model has never seen.

An audit starts this Dag with `{"request": "<store URI>"}`; a request can also be given by hand. What was
asked is recorded in the store under `training/records/<run>.json`.

**Triage.** A run that fails at once was given a URI that names no request: look at its configuration.
"""

from __future__ import annotations

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import Param, dag

from praxi_airflow import triage
from praxi_airflow.defaults import default_args
from praxi_airflow.settings import load_settings
from praxi_airflow.training import record_request


@dag(
    dag_id="praxi_train",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["praxi", "training"],
    default_args=default_args(load_settings()),
    params={"request": Param(None, "Store URI of a request to learn packages.", type="string", minLength=1)},
)
def praxi_train() -> None:
    """Declare the training."""
    PythonOperator(task_id="requested", python_callable=record_request, doc_md=triage.REQUESTED)


praxi_train()
