"""Mirror the advisories and other feeds that audits match against.

Every night before the audit, each feed is fetched whole, checked, and replaces the previous copy. If a feed
is down or broken, the previous copy stays: the audit uses it and reports how old it is.

**Triage.** A red run means that a feed of which there never was a copy could not be fetched: nothing is known
of what it would tell. Leave out what you do not need (`feeds_ecosystems`), or see the log for the reason. A
green run may have *kept* copies: the log gives the reason and the age of each. Sites without access to the
internet set `feeds_osv` to a directory (`file:///…`) that they fill themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import CronDataIntervalTimetable, dag

from praxi_airflow import task_docs
from praxi_airflow.dag_defaults import default_args
from praxi_airflow.dag_teardown import swept
from praxi_airflow.operators import PraxiTaskOperator
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
    mirror = PraxiTaskOperator(
        task_id="mirror",
        command="feeds",
        arguments=[f"--ecosystem={name}" for name in settings.findings.feeds_ecosystems],
        result="feeds.json",
        doc_md=task_docs.MIRROR,
    )
    swept(settings, mirror)


praxi_feeds()
