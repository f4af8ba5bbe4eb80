"""What every Dag of the house keeps to."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any, Final

import pytest
from airflow.sdk.exceptions import ParamValidationError

from praxi_airflow.run_params import require_readable
from praxi_airflow.settings import Settings, load_settings
from praxi_tasks.cli.rights import RIGHTS
from praxi_tasks.errors import UsageError
from tests.support.airflow_home import HOME, ROOT, environment

HEAVY = ("xgboost", "sklearn", "scipy", "numpy", "kubernetes", "boto3", "duckdb", "obstore", "pyarrow",
         "prometheus_api_client", "airflow.providers.cncf.kubernetes.operators",
         "airflow.providers.cncf.kubernetes.hooks", "airflow.providers.amazon.aws")  # fmt: skip
REQUIRED = {"approval", "ecosystem"}
FILES = sorted((ROOT / "dags").glob("*.py"))


@pytest.fixture(
    params=[
        "praxi_audit",
        "praxi_doctor",
        "praxi_feeds",
        "praxi_on_push",
        "praxi_packs",
        "praxi_store",
        "praxi_train",
    ]
)
def dag(request: pytest.FixtureRequest, dags: dict[str, Any]) -> Any:
    return dags[request.param]


@pytest.fixture
def configured() -> Settings:
    return load_settings()


def test_every_dag_has_a_file_of_its_name(dags: dict[str, Any]) -> None:
    assert sorted(dags) == [file.stem for file in FILES]


def test_a_dag_says_what_it_is_and_how_to_triage_it(dag: Any) -> None:
    assert "praxi" in dag.tags
    assert dag.description.endswith(".")
    assert dag.owner == "praxi"
    assert "**Triage.**" in dag.doc_md
    at_once = {"praxi_audit": 4, "praxi_on_push": 16}
    assert (dag.catchup, dag.max_active_runs) == (False, at_once.get(dag.dag_id, 1))


def test_a_task_has_notes_retries_a_pool_and_an_end(dag: Any) -> None:
    for task in dag.tasks:
        assert "**Triage.**" in (task.doc_md or ""), task.task_id
        assert task.owner == "praxi", task.task_id
        assert task.retries >= 2, task.task_id
        assert task.pool == "praxi", task.task_id
        longest = getattr(task, "response_timeout", None) or task.execution_timeout
        patience = timedelta(days=7) if hasattr(task, "response_timeout") else timedelta(hours=6)
        assert timedelta(0) < longest <= patience, task.task_id


def test_no_task_is_looked_at_again_before_airflow_heard_of_its_process(dag: Any) -> None:
    """Its supervisor tells up to five seconds late, the scheduler reads that at its next turn."""
    for task in dag.tasks:
        if getattr(task, "mode", "") == "reschedule" or getattr(task, "partial_kwargs", {}).get("mode"):
            found = getattr(task, "partial_kwargs", {}).get("poke_interval", None)
            interval = found if found is not None else task.poke_interval
            seconds = interval.total_seconds() if isinstance(interval, timedelta) else interval
            assert seconds >= 30, task.task_id


def test_every_run_of_pods_ends_with_the_janitor(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("AIRFLOW__PRAXI__RUNNER", "pod")
    monkeypatch.setenv("AIRFLOW__PRAXI__POD_IMAGE", "tasks")
    bag = DagBag(ROOT / "dags")
    assert len(bag.dags) == len(FILES)
    for dag in bag.dags.values():
        if dag.dag_id == "praxi_on_push":  # it starts no pods: the audits that it starts do
            continue
        sweep = dag.get_task("sweep")
        assert {task.task_id for task in dag.tasks if not task.downstream_list} == {"sweep"}, dag.dag_id
        assert "**Triage.**" in (sweep.doc_md or "")


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


def test_every_command_of_a_task_has_rights_of_its_own(dag: Any) -> None:
    for task in dag.tasks:
        given = getattr(task, "partial_kwargs", None) or vars(task)
        if not given.get("command") and not hasattr(task, "command"):
            continue
        if task.task_id == "build_release":  # isolated: it has no way into the store
            continue
        words = (given["command"], *(given.get("arguments") or ()))
        assert words[0] in RIGHTS or " ".join(words[:2]) in RIGHTS, task.task_id


# How each param, and each key of a run's conf that is none, is confined: by the schema of the form (a word of
# a list, a fixed form, numbers, booleans), by what runs may read, or because it never names a place.
CONFINED: Final = {
    "praxi_audit": {
        "images": "readable",
        "namespaces": "inert",  # quoted in PromQL
        "platform": "schema",
        "model": "readable",
        "force": "schema",
    },
    "praxi_train": {
        "packages": "inert",  # parsed as name==version
        "list": "readable",
        "request": "readable",  # of conf alone
        "approval": "schema",
        "routing": "schema",
        "labels_per_expert": "schema",
        "routing_study": "schema",
        "tuning_trials": "schema",
        "bars": "schema",
        "weights": "schema",
        "full_retrain": "schema",
    },
    "praxi_doctor": {"images": "readable"},
    "praxi_feeds": {},
    "praxi_on_push": {},
    "praxi_packs": {
        "ecosystem": "schema",
        "suite": "schema",
        "list": "readable",
        "popular": "schema",
        "versions": "schema",
        "pods": "schema",
    },
    "praxi_store": {"dry_run": "schema"},
}
ENVIRON: Final = "/proc/self/environ"
CANARIES: Final = (f"file://{ENVIRON}", f"s3://other/{ENVIRON}", f"oci:{ENVIRON}", ENVIRON, "{{ 7 * 7 }}")


def test_the_review_of_params_is_complete(dag: Any) -> None:
    conf_only = {"request"} if dag.dag_id == "praxi_train" else set()
    assert set(dag.params) | conf_only == set(CONFINED[dag.dag_id]), "review how the new one is confined"


def test_the_docs_tell_of_every_param(dag: Any) -> None:
    page = (ROOT / "docs/security.md").read_text()
    table = page.partition("| Dag | param | what it may name | checked in |")[2].partition("\n\n")[0]
    told, of = set(), ""
    for line in table.splitlines()[2:]:
        dag_id, names = (cell.strip() for cell in line.split("|")[1:3])
        of = dag_id.strip("`") or of
        if of == dag.dag_id:
            told |= set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", names)))
    assert told == set(CONFINED[dag.dag_id])


def test_a_param_that_names_a_place_outside_is_refused(dag: Any, configured: Settings) -> None:
    for name, how in CONFINED[dag.dag_id].items():
        if how == "schema":
            for canary in (*CANARIES, [CANARIES[0]], {CANARIES[0]: 1}):
                with pytest.raises(ParamValidationError):
                    dag.params.get_param(name).resolve(canary)
        elif how == "readable":
            place = f"oci:{ENVIRON}" if name == "images" else f"file://{ENVIRON}"
            with pytest.raises(UsageError) as caught:
                require_readable({name: [place] if name == "images" else place}, configured)
            assert caught.value.where == name
            assert ENVIRON not in str(caught.value)


def test_no_other_key_of_a_runs_conf_is_read() -> None:
    """What a task reads of a run's conf goes through ``params``, which are reviewed above."""
    sources = [*(ROOT / "plugins").rglob("*.py"), *FILES]
    assert [file for file in sources if re.search(r"dag_run\W*\.conf|\[.conf.\]", file.read_text())] == []
    read = set()
    for file in sources:
        text = file.read_text()
        read |= set(re.findall(r"(?<!query_)params(?:\[\"|\.)(\w+)", text)) - {"get", "get_param", "items"}
    assert read <= set().union(*CONFINED.values()), "review how the new one is confined"
