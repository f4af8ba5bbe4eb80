"""From a drifting model to a training: a real Alertmanager tells a real Airflow, once for each episode."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_tasks.findings.notify.alertmanager import Alert, Alertmanager
from tests.support.airflow import airflow
from tests.support.alertmanager import alertmanager

TOKEN = "the-webhooks-token"

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.needs("prometheus-alertmanager"),
]


def test_alertmanager_starts_one_training_for_an_episode(tmp_path: Path) -> None:
    variables = {
        "AIRFLOW__PRAXI__STORE": (tmp_path / "store").as_uri(),
        "AIRFLOW_CONN_PRAXI_WEBHOOK": json.dumps({"conn_type": "http", "password": TOKEN}),
    }
    now = datetime.now(UTC)
    labels = {"alertname": "PraxiModelDrift", "action": "retrain", "instance": "prod"}
    ends = (now + timedelta(hours=1)).isoformat()
    with airflow(tmp_path / "airflow", variables) as server:
        webhook = f"{server.url}/praxi/webhooks/alertmanager"
        with alertmanager(tmp_path / "alertmanager", webhook, token=TOKEN) as url:
            sender = Alertmanager(url, "")
            sender.post([Alert(labels, {}, now.isoformat(), ends)])
            server.wait_until(lambda: bool(server.runs("praxi_train")), seconds=60)
            sender.post([Alert(labels, {"told": "again"}, now.isoformat(), ends)])
            sender.post([Alert({**labels, "severity": "x"}, {}, now.isoformat(), ends)])
            server.wait_until(lambda: len(server.runs("praxi_train")) == 2, seconds=60)
        runs = server.runs("praxi_train")
    assert len({run["dag_run_id"].split("__")[1] for run in runs}) == 2
    assert all(run["dag_run_id"].startswith("drift__") for run in runs)
    assert all(run["conf"]["request"].startswith("file://") for run in runs)
