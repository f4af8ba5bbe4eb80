"""What every Dag of the house keeps to."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from tests.support.airflow_home import HOME, ROOT, environment

HEAVY = ("xgboost", "sklearn", "scipy", "numpy", "kubernetes", "boto3", "duckdb", "obstore", "pyarrow",
         "prometheus_api_client", "airflow.providers.cncf.kubernetes.operators",
         "airflow.providers.cncf.kubernetes.hooks", "airflow.providers.amazon.aws")  # fmt: skip
REQUIRED = {"approval"}
FILES = sorted((ROOT / "dags").glob("*.py"))


@pytest.fixture(params=["praxi_audit", "praxi_feeds", "praxi_train"])
def dag(request: pytest.FixtureRequest, dags: dict[str, Any]) -> Any:
    return dags[request.param]


def test_every_dag_has_a_file_of_its_name(dags: dict[str, Any]) -> None:
    assert sorted(dags) == [file.stem for file in FILES]


def test_a_dag_says_what_it_is_and_how_to_triage_it(dag: Any) -> None:
    assert "praxi" in dag.tags
    assert dag.description.endswith(".")
    assert dag.owner == "praxi"
    assert "**Triage.**" in dag.doc_md
    assert (dag.catchup, dag.max_active_runs) == (False, 1)


def test_a_task_has_notes_retries_a_pool_and_an_end(dag: Any) -> None:
    for task in dag.tasks:
        assert "**Triage.**" in (task.doc_md or ""), task.task_id
        assert task.owner == "praxi", task.task_id
        assert task.retries >= 2, task.task_id
        assert task.pool == "praxi", task.task_id
        longest = getattr(task, "response_timeout", None) or task.execution_timeout
        patience = timedelta(days=7) if hasattr(task, "response_timeout") else timedelta(hours=6)
        assert timedelta(0) < longest <= patience, task.task_id


def test_a_parameter_has_a_title_a_description_and_a_type(dag: Any) -> None:
    for name in dag.params:
        param = dag.params.get_param(name)
        assert param.description, name
        assert param.schema["title"], name
        # Airflow's form marks a parameter as required unless its type allows null.
        assert ("null" in param.schema["type"]) == (name not in REQUIRED), name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dag_file_only_declares(file: Any) -> None:
    assert len(file.read_text().splitlines()) <= 120


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_parsing_imports_nothing_heavy(file: Any) -> None:
    code = (
        "import importlib.util, sys;"
        f"spec = importlib.util.spec_from_file_location('parsed', {str(file)!r});"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec));"
        f"print(sorted(m for m in sys.modules if m.startswith({HEAVY!r})))"
    )
    paths = f"{ROOT}:{ROOT / 'plugins'}"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "/usr/bin:/bin", **environment(HOME), "PYTHONPATH": paths, "AIRFLOW__PRAXI__STORE": "s3://bucket"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout.strip().splitlines()[-1] == "[]"
