"""Learn the packages that an audit met and the model has never seen, and put the better model in use.

An audit starts this Dag with the conf `{"request": "<store URI>"}`, which the form does not show; packages
can also be given by hand. One training runs at a time, and serves every request that is open when it starts.
All documents of a run are in the store under `training/runs/<run>/`; `report.html` is what to read.

**Triage.** A red run means that a whole step failed, and the champion is still in use: packages that could
not be read, and a challenger that was held back, are in the report. Clearing a failed task is always safe.
"""

from __future__ import annotations

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import TriggerRule, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.operators import (
    PraxiTaskOperator,
    PromotionApproval,
    PromotionOperator,
    ReleaseBuildOperator,
    ReportOperator,
)
from praxi_airflow.settings import load_settings
from praxi_airflow.tasks import releases_to_build, routing_trials, training_params, tuning_trials


@dag(
    dag_id="praxi_train",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    description="Learn packages that the model does not know, and promote the better model.",
    doc_md=__doc__,
    tags=["praxi", "training"],
    default_args=default_args(load_settings()),
    params=training_params(load_settings().learning),
)
def praxi_train() -> None:
    """Declare the training."""
    releases = PraxiTaskOperator(
        task_id="releases",
        command="learn",
        arguments=["releases", "--settings={{ params | tojson }}"],
        result="batches.json",
        doc_md=task_docs.RELEASES,
    )
    fingerprint = PraxiTaskOperator.partial(
        task_id="fingerprint_release",
        command="learn",
        arguments=["fingerprint"],
        doc_md=task_docs.FINGERPRINT_RELEASE,
    ).expand(batch=releases.output)
    # Both run whether what is before them failed, or there was none: what could not be had is in the report.
    source_only = PythonOperator(
        task_id="source_only",
        python_callable=releases_to_build,
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md=task_docs.SOURCE_ONLY,
    )
    build = ReleaseBuildOperator.partial(task_id="build_release", doc_md=task_docs.BUILD_RELEASE).expand(
        release=source_only.output
    )
    collected = PythonOperator(
        task_id="collected",
        python_callable=routing_trials,
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md=task_docs.COLLECTED,
    )
    route = PraxiTaskOperator.partial(
        task_id="route", command="learn", arguments=["route"], doc_md=task_docs.ROUTE
    ).expand(batch=collected.output)
    routed = PythonOperator(
        task_id="routed",
        python_callable=tuning_trials,
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md=task_docs.ROUTED,
    )
    tune = PraxiTaskOperator.partial(
        task_id="tune", command="learn", arguments=["tune"], doc_md=task_docs.TUNE
    ).expand(batch=routed.output)
    train = PraxiTaskOperator(
        task_id="train",
        command="learn",
        arguments=["train"],
        trigger_rule=TriggerRule.NONE_FAILED,
        doc_md=task_docs.LEARN,
    )
    evaluate = PraxiTaskOperator(
        task_id="evaluate", command="learn", arguments=["evaluate"], doc_md=task_docs.EVALUATE
    )
    gate = PraxiTaskOperator(
        task_id="gate", command="learn", arguments=["gate"], result="gate.json", doc_md=task_docs.GATE
    )
    approve = PromotionApproval(task_id="approve", doc_md=task_docs.APPROVE)
    promote = PromotionOperator(
        task_id="promote", trigger_rule=TriggerRule.NONE_FAILED, doc_md=task_docs.PROMOTE
    )
    report = ReportOperator(
        task_id="report",
        command="learn",
        arguments=["report"],
        result="summary.json",
        trigger_rule=TriggerRule.NONE_FAILED,
        doc_md=task_docs.TRAINING_REPORT,
    )
    releases >> fingerprint >> source_only >> build >> collected >> route >> routed >> tune
    releases >> [route, tune]
    [releases, collected, routed, tune] >> train >> evaluate >> gate >> approve >> promote >> report
    swept(load_settings(), report)


praxi_train()
