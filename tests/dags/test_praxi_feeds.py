"""The Dag that mirrors feeds, run whole by Airflow's own ``dag.test()`` with the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.run_key import run_key
from tests.airflow.world import PYTHON
from tests.findings.osv import archive, record
from tests.support.airflow_home import HOME

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.needs(str(PYTHON)),
]


def test_a_mirroring_renews_what_it_can_and_fails_for_what_never_was(
    dags: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    if not (HOME / "airflow.db").exists():
        initdb()
    (tmp_path / "upstream/PyPI").mkdir(parents=True)
    whole = archive(record("P-1", "a", {"introduced": "0"}))
    (tmp_path / "upstream/PyPI/all.zip").write_bytes(whole)
    settings = {
        "STORE": (tmp_path / "store").as_uri(),
        "FEEDS_OSV": (tmp_path / "upstream").as_uri(),
        "FEEDS_ECOSYSTEMS": "PyPI, Rocky Linux",
        "RETRIES": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__PRAXI__{name}", value)

    dag = DagBag(dags["praxi_feeds"].fileloc).dags["praxi_feeds"]
    ended = dag.test()
    assert str(ended.state) == "failed"
    assert noted(tmp_path, ended) == ["fetched", "missing"]

    (tmp_path / "store/feeds/osv/Rocky_Linux").mkdir()
    (tmp_path / "store/feeds/osv/Rocky_Linux/all.zip").write_bytes(whole)
    ended = dag.test()
    assert str(ended.state) == "success"
    assert (tmp_path / "store/feeds/osv/PyPI/all.zip").read_bytes() == whole
    assert noted(tmp_path, ended) == ["unchanged", "kept"]


def noted(folder: Path, ended: Any) -> list[str]:
    document = folder / "store/audits" / run_key(ended.run_id) / "feeds.json"
    return [outcome["state"] for outcome in json.loads(document.read_text())]
