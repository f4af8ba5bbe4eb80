"""Mirror the advisories and other feeds that audits match against.

Every night before the audit, each feed is fetched whole, checked, and put in place of the copy of before. A
feed that is down or broken keeps that copy: the audit goes on with it and says how old it is.

**Triage.** A red run means that a feed could not be renewed by the last try and the store could not note
it. Else look at the task's log for feeds that were *kept*: the reason stands beside each. Sites without a
way out set `feeds_osv` to a directory (`file:///…`) that they fill themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import CronDataIntervalTimetable, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.operators.task import PraxiTaskOperator
from praxi_airflow.settings import load_settings

settings = load_settings()


@dag(
    dag_id="praxi_feeds",
    schedule=CronDataIntervalTimetable("0 22 * * *", timezone="UTC"),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    description="Mirror the vulnerability feeds that audits match against.",
    doc_md=__doc__,
    tags=["praxi", "feeds"],
    default_args=default_args(settings),
)
def praxi_feeds() -> None:
    """Declare the mirror."""
    PraxiTaskOperator(
        task_id="mirror",
        command="feeds",
        arguments=[f"--ecosystem={name}" for name in settings.findings.feeds_ecosystems],
        result="feeds.json",
        doc_md=task_docs.MIRROR,
    )


praxi_feeds()
