"""The audit Dag, run whole by Airflow's own ``dag.test()`` with the commands themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pendulum
import pytest

from praxi_airflow.assets import AUDIT_REPORT
from praxi_airflow.run_key import run_key
from tests.airflow.asset_events import asset_events
from tests.airflow.world import DAY, PYTHON, World, world
from tests.support.airflow_home import HOME

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

needs_tasks = pytest.mark.needs(str(PYTHON))
Audit = Callable[..., tuple[str, dict[str, list[str]]]]


def test_an_interval_is_a_whole_day_in_utc(dags: dict[str, Any]) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    dag = DagSerialization.from_dict(DagSerialization.to_dict(dags["praxi_audit"]))
    interval = dag.timetable.infer_manual_data_interval(run_after=pendulum.instance(MIDNIGHT + 30 * HOUR))
    assert (interval.start, interval.end) == (MIDNIGHT, MIDNIGHT + DAY)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    history = [
        ("shop", MIDNIGHT, MIDNIGHT + HOUR),
        ("farm", MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR),
        ("gone", MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR),
    ]
    with world(tmp_path_factory.mktemp("world"), history) as running:
        yield running


@pytest.fixture
def audit(cluster: World, dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Return a function that runs the Dag over a day and returns the run's id and its tasks' states."""
    from airflow.utils.db import initdb

    if not (HOME / "airflow.db").exists():
        initdb()
    for name, value in cluster.variables(retries="0").items():
        monkeypatch.setenv(name, value)

    def run(day: datetime, **conf: Any) -> tuple[str, dict[str, list[str]]]:
        from airflow.dag_processing.dagbag import DagBag

        dag = DagBag(dags["praxi_audit"].fileloc).dags["praxi_audit"]
        dag.deadline = None  # dag.test() looks deadlines up under ids that only the scheduler gives them
        ended = dag.test(logical_date=day + DAY, run_conf=conf)  # the day is over when its audit is due
        states: dict[str, list[str]] = {}
        for instance in ended.get_task_instances():
            states.setdefault(instance.task_id, []).append(str(instance.state))
        return str(ended.run_id), states

    return run


@needs_tasks
@pytest.mark.server
@pytest.mark.airflow
class TestRuns:
    def test_every_image_ends_in_one_state(self, audit: Audit, cluster: World) -> None:
        run_id, states = audit(MIDNIGHT)
        assert {name for name, each in states.items() if each != ["success"]} == set()
        assert len(states) == 10
        ended = cluster.states(run_id)
        assert ended == {"shop": "audited", "farm": "audited", f"{cluster.registry}/gone:1.0": "failed"}
        report = cluster.document(run_id, "report.json")
        assert report["interval"] == "2026-03-01T00:00:00+00:00/2026-03-02T00:00:00+00:00"
        assert asset_events(AUDIT_REPORT, run_id) == [
            {
                "run": run_key(run_id),
                "report": f"{cluster.store.as_uri()}/audits/{run_key(run_id)}/report.json",
                "interval": report["interval"],
                "run_type": "manual",
            }
        ]

    def test_an_empty_day_is_all_green(self, audit: Audit, cluster: World) -> None:
        run_id, states = audit(MIDNIGHT - 10 * DAY)
        assert states.pop("fingerprint") == ["skipped"]
        assert {name for name, each in states.items() if each == ["skipped"]} == {"new_packages", "train"}
        assert {state for each in states.values() for state in each} == {"success", "skipped"}
        assert cluster.states(run_id) == {}

    def test_a_failed_batch_never_keeps_the_report_from_being_written(
        self, audit: Audit, cluster: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = tmp_path / "python"
        broken.write_text(f'#!/bin/sh\n[ "$3" = fingerprint ] && exit 1\nexec {PYTHON} "$@"\n')
        broken.chmod(0o755)
        monkeypatch.setenv("AIRFLOW__PRAXI__TASK_PYTHON", str(broken))
        run_id, states = audit(MIDNIGHT - 20 * DAY, images=[cluster.references["bank"]], force=True)
        assert states["fingerprint"] == ["failed"]
        assert states["predict"] == states["report"] == ["success"]
        assert cluster.states(run_id) == {"bank": "failed"}

    def test_without_a_plan_nothing_else_runs(self, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(
            "AIRFLOW_CONN_PRAXI_PROMETHEUS", json.dumps({"conn_type": "http", "host": "ftp://x"})
        )
        _, states = audit(MIDNIGHT - 30 * DAY)
        assert states["deployed_images"] == ["failed"]
        assert {name for name, each in states.items() if each == ["success"]} == {"fingerprinted"}
        assert states["predict"] == states["report"] == ["upstream_failed"]
