"""A Dag that is scheduled on reports, beside Praxi's own, all of one team."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from tests.airflow.looking import TEAM
from tests.support.airflow import Airflow
from tests.support.airflow_home import ROOT

CONSUMER = """
from airflow.sdk import Asset, dag, task

@dag(schedule=[Asset("praxi_audit_report", uri="x-praxi://audit/report")], is_paused_upon_creation=False)
def report_consumer():
    @task
    def read(triggering_asset_events=None):
        (events,) = triggering_asset_events.values()
        return [dict(event.extra) for event in events]
    read()

report_consumer()
"""


def bundles(folder: Path) -> str:
    """Return the setting of Airflow that reads the tree's Dags and this one."""
    (folder / "consumer.py").write_text(CONSUMER)
    local = "airflow.dag_processing.bundles.local.LocalDagBundle"
    paths = {"dags-folder": ROOT / "dags", "consumers": folder}
    return json.dumps(
        [
            {"name": name, "classpath": local, "kwargs": {"path": str(path)}, "team_name": TEAM}
            for name, path in paths.items()
        ]
    )


def reports_read(server: Airflow) -> dict[str, str]:
    """Return, by the audit's run, which report the Dag that is scheduled on reports was given."""
    given: dict[str, str] = {}
    for run in server.runs("report_consumer"):
        if run["state"] == "success":
            read = f"/dags/report_consumer/dagRuns/{quote(run['dag_run_id'], safe='')}/taskInstances/read"
            extras = server.call("GET", f"{read}/xcomEntries/return_value?deserialize=true")["value"]
            given |= {extra["run"]: extra["report"] for extra in extras}
    return given
