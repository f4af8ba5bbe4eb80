"""Runs end with the janitor, where tasks are pods, and never by its fault."""

from __future__ import annotations

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

from praxi_airflow.dag_teardown import swept
from praxi_airflow.settings import load_settings
from tests.airflow.conftest import Configure


def a_dag() -> DAG:
    with DAG("ends", schedule=None) as dag:
        swept(load_settings(), EmptyOperator(task_id="one"), EmptyOperator(task_id="two"))
    return dag


def test_processes_leave_nothing_to_sweep(configure: Configure) -> None:
    configure(runner="process")
    assert sorted(a_dag().task_ids) == ["one", "two"]


def test_pods_are_swept_at_the_end_whatever_became_of_the_others(configure: Configure) -> None:
    configure(runner="pod", pod_image="tasks")
    sweep = a_dag().get_task("sweep")
    assert sweep.upstream_task_ids == {"one", "two"}
    assert sweep.is_teardown
    assert not sweep.on_failure_fail_dagrun
