"""The Dags of knowledge packs and of the store, run whole by ``dag.test()`` with the commands themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.run_key import run_key
from tests.airflow.world import PYTHON
from tests.learning.run.test_pack_run import wheel
from tests.support import world
from tests.support.airflow_home import HOME
from tests.support.package_index import package_index

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.needs(str(PYTHON)),
]


def test_a_pack_is_collected_by_several_tasks_and_a_pruning_leaves_it(
    dags: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    if not (HOME / "airflow.db").exists():
        initdb()
    world.model().save((tmp_path / "model").as_uri())
    settings = {
        "STORE": (tmp_path / "store").as_uri(),
        "MODEL": (tmp_path / "model").as_uri(),
        "RETRIES": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__PRAXI__{name}", value)
    with package_index() as index:
        for name in ("alpha", "beta"):
            index.publish(f"{name}-1.0-py3-none-any.whl", wheel(name, "1.0"))
        monkeypatch.setenv("AIRFLOW__PRAXI__LEARN_PYPI_INDEX", index.url)
        dag = DagBag(dags["praxi_packs"].fileloc).dags["praxi_packs"]
        ended = dag.test(run_conf={"list": "alpha\nbeta", "pods": 2})
    assert str(ended.state) == "success"
    run = tmp_path / "store/training/runs" / run_key(ended.run_id)
    assert json.loads((run / "batches.json").read_text()) == [0, 1]
    assert json.loads((run / "pack.json").read_text()) == {
        "version": "2",
        "pack": "pypi",
        "releases": 2,
    }
    dag = DagBag(dags["praxi_store"].fileloc).dags["praxi_store"]
    ended = dag.test(run_conf={"dry_run": True})
    assert str(ended.state) == "success"
    pruned = tmp_path / "store/audits" / run_key(ended.run_id) / "pruned.json"
    assert json.loads(pruned.read_text())["trial"] is True
    assert (run / "pack.json").exists()
