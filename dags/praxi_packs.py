"""Learn a whole suite or the most popular packages of an ecosystem, several pods at a time.

Its form says of what: releases are collected from the index that settings name (`learn_pypi_index`,
`learn_npm_registry`, `learn_debian_mirror`, `learn_indexes`), and become a pack in the store, and a new
version of the model. It is not put in use by itself: compare it with the champion, then promote it.

**Triage.** Clearing a failed task is always safe: a release that is in the store is not read again. Releases
that no index had are in the logs of `collect`, with the reason.
"""

from __future__ import annotations

from airflow.sdk import TriggerRule, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.operators import PraxiTaskOperator
from praxi_airflow.settings import load_settings
from praxi_airflow.tasks import packs_params


@dag(
    dag_id="praxi_packs",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    description="Learn a whole suite or the most popular packages of an ecosystem.",
    doc_md=__doc__,
    tags=["praxi", "training"],
    default_args=default_args(load_settings()),
    params=packs_params(),
)
def praxi_packs() -> None:
    """Declare the collecting and the new version."""
    select = PraxiTaskOperator(
        task_id="select",
        command="learn",
        arguments=[
            "select",
            "{{ params.ecosystem }}",
            "{{ '--suite=' ~ params.suite if params.suite else '' }}",
            "{{ '--list=' ~ params.list if params.list else '' }}",
            "{{ '--popular=' ~ params.popular if params.popular else '' }}",
            "{{ '--versions=' ~ params.versions if params.versions else '' }}",
            "{{ '--pods=' ~ params.pods if params.pods else '' }}",
        ],
        result="batches.json",
        doc_md=task_docs.SELECT,
    )
    collect = PraxiTaskOperator.partial(
        task_id="collect", command="learn", arguments=["collect"], doc_md=task_docs.COLLECT
    ).expand(batch=select.output)
    # Whatever became of single batches: what was collected is worth a version.
    pack = PraxiTaskOperator(
        task_id="pack",
        command="learn",
        arguments=["pack"],
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        doc_md=task_docs.PACK,
    )
    select >> collect >> pack
    swept(load_settings(), pack)


praxi_packs()
