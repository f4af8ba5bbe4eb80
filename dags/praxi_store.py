"""Delete what is old and no longer in use from the store.

Every noon, far from the audit, runs that ended more than `store_keep_days` ago are deleted, then the layers,
predictions, images and models that no run and no page needs any more. What is left, and why, is in the log;
`docs/retention.md` has the rules.

**Triage.** A red run deleted a part and lost nothing: the next one goes on. While an audit is about to plan,
all layers are left for the next time. Trigger it with `dry_run` to see what would be deleted, and how much.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import CronDataIntervalTimetable, Param, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.operators import PraxiTaskOperator
from praxi_airflow.settings import load_settings

settings = load_settings()


@dag(
    dag_id="praxi_store",
    schedule=CronDataIntervalTimetable("0 12 * * *", timezone="UTC"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    description="Delete what is old and no longer in use from the store.",
    doc_md=__doc__,
    tags=["praxi"],
    default_args=default_args(settings),
    params={
        "dry_run": Param(
            False,
            "Delete nothing; say what would be deleted, and how much.",
            title="Dry run",
            type=["null", "boolean"],
        ),
    },
)
def praxi_store() -> None:
    """Declare the pruning."""
    prune = PraxiTaskOperator(
        task_id="prune",
        command="store",
        arguments=["prune", "{{ '--dry-run' if params.dry_run else '' }}"],
        result="pruned.json",
        doc_md=task_docs.PRUNE,
    )
    swept(settings, prune)


praxi_store()
