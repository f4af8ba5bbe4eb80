"""Audit images as soon as they are pushed.

A message queue, or a registry that posts to a route, tells of pushes: each is an event of the asset
`praxi_pushes`, and Airflow starts a run of this Dag for all that came since the last. The run starts
`praxi_audit` on just those images, as a run by hand does. What is pushed within one window of time is
audited by one run, and a digest only once in some hours.

A registry is heeded if the setting `event_registries` names it; `event_source` names the queue.

**Triage.** A message that can't be read fails nothing: the log of `take` says what is wrong with it. No runs
at all: see whether the triggerer runs, and its log about the queue.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.notifiers import watched
from praxi_airflow.settings import load_settings
from praxi_airflow.sources import watched_pushes
from praxi_airflow.tasks import POKE_SECONDS, gather_pushes, take_pushes


@dag(
    dag_id="praxi_on_push",
    schedule=[watched_pushes(load_settings().events)],
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    # Runs wait for each other's windows, and some for the next hour: they must not wait for each other.
    max_active_runs=16,
    description="Audit images as soon as they are pushed.",
    doc_md=__doc__,
    tags=["praxi", "audit"],
    default_args=default_args(load_settings()),
    **watched(),
)
def praxi_on_push() -> None:
    """Declare what follows a push."""
    take = PythonOperator(task_id="take", python_callable=take_pushes, doc_md=task_docs.TAKE_PUSHES)
    gather = PythonSensor.partial(
        task_id="gather",
        python_callable=gather_pushes,
        mode="reschedule",
        poke_interval=timedelta(seconds=POKE_SECONDS),
        timeout=timedelta(hours=2),
        doc_md=task_docs.GATHER_PUSHES,
    ).expand(op_args=take.output.map(lambda window: [window]))
    TriggerDagRunOperator.partial(
        task_id="audit",
        trigger_dag_id="praxi_audit",
        logical_date=None,
        skip_when_already_exists=True,
        doc_md=task_docs.AUDIT_PUSHES,
    ).expand_kwargs(gather.output)


praxi_on_push()
