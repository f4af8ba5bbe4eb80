"""The Dag of the doctor, run whole by Airflow's own ``dag.test()`` with the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.run_key import run_key
from tests.airflow.world import PYTHON
from tests.support.airflow_home import HOME
from tests.support.images import image, layer, write_layout

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.needs(str(PYTHON)),
]


def test_what_tasks_use_is_tried_though_prometheus_is_not_named(
    dags: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    if not (HOME / "airflow.db").exists():
        initdb()
    layout = write_layout(tmp_path / "layout", {"shop": image([layer({"a": b""})])})
    settings = {
        "STORE": (tmp_path / "store").as_uri(),
        "MODEL": (tmp_path / "none").as_uri(),
        "READABLE_ROOTS": layout.as_uri(),
        "RETRIES": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__PRAXI__{name}", value)
    ended = (
        DagBag(dags["praxi_doctor"].fileloc)
        .dags["praxi_doctor"]
        .test(run_conf={"images": [f"oci:{layout}:shop"]})
    )
    assert str(ended.state) == "failed"
    document = tmp_path / "store/audits" / run_key(ended.run_id) / "doctor.json"
    found = {outcome["name"]: outcome["status"] for outcome in json.loads(document.read_text())}
    assert found == {
        "store": "ok",
        "registry": "ok",
        "prometheus": "skipped",
        "feeds": "warning",
        "model": "failed",
        "model registry": "ok",
        "kubernetes": "skipped",
    }
