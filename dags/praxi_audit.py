"""Which software is in the container images that the cluster ran on a day.

The daily audit asks Prometheus for the images, reads each layer that was never read before, predicts what
is installed in it, and reports.

Each run covers its data interval and nothing else, so `airflow backfill create` audits past days. A manual
run may name `images` instead of asking Prometheus. All documents of a run are in the store
under `audits/<run>/`; `report.json` is what to read.

**Triage.** A red run means that a whole step failed; single images that could not be read never do that:
they are in the report as *failed*, with the reason. Clearing a failed task is always safe: what was done
is found in the store and not done again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronDataIntervalTimetable, TriggerRule, dag

from praxi_airflow import task_docs
from praxi_airflow.assets import AUDIT_REPORT
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.notifiers import watched
from praxi_airflow.operators import PraxiTaskOperator, ReportOperator
from praxi_airflow.settings import load_settings
from praxi_airflow.tasks import audit_params, record_deployed_images, request_training


@dag(
    dag_id="praxi_audit",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    # The first scheduled run is there as soon as the Dag is switched on: an operator's own go on beside it.
    max_active_runs=4,
    description="Audit the container images that the cluster ran on a day.",
    doc_md=__doc__,
    tags=["praxi", "audit"],
    default_args=default_args(load_settings()),
    params=audit_params(load_settings()),
    **watched(),
)
def praxi_audit() -> None:
    """Declare the daily audit."""
    deployed_images = PythonOperator(
        task_id="deployed_images", python_callable=record_deployed_images, doc_md=task_docs.DEPLOYED_IMAGES
    )
    plan = PraxiTaskOperator(
        task_id="plan",
        command="plan",
        arguments=[
            "{{ '--platform=' ~ params.platform if params.platform else '' }}",
            "--interval={{ ti.xcom_pull(task_ids='deployed_images')['interval'] }}",
            "{{ '--force' if params.force else '' }}",
        ],
        result="batches.json",
        doc_md=task_docs.PLAN,
    )
    fingerprint = PraxiTaskOperator.partial(
        task_id="fingerprint", command="fingerprint", doc_md=task_docs.FINGERPRINT
    ).expand(batch=plan.output)
    # Succeeds whether batches failed, or there was none: what they could not read is in the report.
    fingerprinted = EmptyOperator(
        task_id="fingerprinted", trigger_rule=TriggerRule.ALL_DONE, doc_md=task_docs.FINGERPRINTED
    )
    predict = PraxiTaskOperator(
        task_id="predict",
        command="predict",
        arguments=["{{ '--model=' ~ params.model if params.model else '' }}"],
        doc_md=task_docs.PREDICT,
    )
    report = ReportOperator(
        task_id="report",
        command="report",
        result="summary.json",
        outlets=[AUDIT_REPORT],
        doc_md=task_docs.REPORT,
    )
    metrics = PraxiTaskOperator(task_id="metrics", command="metrics", doc_md=task_docs.METRICS)
    notify = PraxiTaskOperator(task_id="notify", command="notify", doc_md=task_docs.NOTIFY)
    new_packages = PythonOperator(
        task_id="new_packages",
        python_callable=request_training,
        multiple_outputs=True,
        doc_md=task_docs.NEW_PACKAGES,
    )
    request: Any = new_packages.output
    train = TriggerDagRunOperator(
        task_id="train",
        trigger_dag_id="praxi_train",
        trigger_run_id=request["run_id"],
        logical_date=request["logical_date"],
        conf={"request": request["request"]},
        skip_when_already_exists=True,
        doc_md=task_docs.TRAIN,
    )
    deployed_images >> plan >> fingerprint >> fingerprinted
    [plan, fingerprinted] >> predict >> report >> new_packages >> train
    report >> [metrics, notify]
    swept(load_settings(), train, metrics, notify)


praxi_audit()
