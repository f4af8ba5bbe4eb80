"""The training Dag, run whole by Airflow's own ``dag.test()`` with the commands themselves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from praxi_airflow.assets import CHAMPION
from praxi_airflow.run_key import run_key
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, TrainingRequest, open_requests, parse_label
from praxi_tasks.learning.sources.collector import past_attempts
from praxi_tasks.store import documents, keys, open_store
from tests.airflow.asset_events import asset_events
from tests.airflow.world import PYTHON, World, world
from tests.support.airflow_home import HOME
from tests.support.package_index import BACKEND, package_index, sdist

SOURCE = {
    "pyproject.toml": BACKEND,
    "backend.py": """
import pathlib, zipfile

def build_wheel(folder, settings=None, metadata=None):
    name = "shopsource-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        for number in range(8):
            wheel.writestr(f"shopsource/part{number}.py", "x" * number)
        told = "Metadata-Version: 2.1\\nName: shopsource\\nVersion: 1.0\\n"
        wheel.writestr("shopsource-1.0.dist-info/METADATA", told)
        told = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("shopsource-1.0.dist-info/WHEEL", told)
        wheel.writestr("shopsource-1.0.dist-info/RECORD", "")
    return name
""",
}
needs_tasks = pytest.mark.needs(str(PYTHON))
Train = Callable[..., tuple[str, dict[str, list[str]]]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world"), []) as running:
        yield running


@pytest.fixture
def train(cluster: World, dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Train:
    """Return a function that runs the Dag and returns the run's id and its tasks' states."""
    from airflow.utils.db import initdb

    if not (HOME / "airflow.db").exists():
        initdb()
    for name, value in cluster.variables(retries="0").items():
        monkeypatch.setenv(name, value)
    # What another test could not get is asked for again: each begins with nothing asked for.
    shutil.rmtree(cluster.store / "training", ignore_errors=True)

    def run(**conf: Any) -> tuple[str, dict[str, list[str]]]:
        from airflow.dag_processing.dagbag import DagBag

        ended = DagBag(dags["praxi_train"].fileloc).dags["praxi_train"].test(run_conf=conf)
        states: dict[str, list[str]] = {}
        for instance in ended.get_task_instances():
            states.setdefault(instance.task_id, []).append(str(instance.state))
        return str(ended.run_id), states

    return run


def document(cluster: World, run_id: str, name: str) -> Any:
    return json.loads((cluster.store / "training" / "runs" / run_key(run_id) / name).read_text())


@needs_tasks
@pytest.mark.server
@pytest.mark.airflow
class TestRuns:
    def test_with_nothing_to_learn_the_champion_stays(self, train: Train, cluster: World) -> None:
        run_id, states = train()
        assert states.pop("fingerprint_release") == states.pop("tune") == ["skipped"]
        assert states.pop("route") == ["skipped"]
        assert states.pop("build_release") == ["skipped"]
        assert states.pop("approve") == states.pop("promote") == ["skipped"]
        assert {state for each in states.values() for state in each} == {"success"}
        summary = document(cluster, run_id, "summary.json")
        assert (summary["learned"], summary["promoted"]) == (0, False)
        assert asset_events(CHAMPION, run_id) == []

    def test_source_is_built_and_what_can_not_be_had_is_told_and_asked_for_again(
        self, train: Train, cluster: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = open_store(cluster.store.as_uri())
        lost = NewPackage("pkg:pypi/lost@1.0", "pypi", "lost", "1.0", ("sha256:" + "0" * 64,))
        documents.write(store, keys.training_request("r1"), TrainingRequest("run", (lost,)))
        with package_index() as index:
            index.publish("shopsource-1.0.tar.gz", sdist("shopsource", "1.0", SOURCE))
            index.publish("broken-1.0.tar.gz", sdist("broken", "1.0", SOURCE | {"backend.py": "1 / 0"}))
            monkeypatch.setenv("AIRFLOW__PRAXI__LEARN_SOURCES", "layer, sdist")
            monkeypatch.setenv("AIRFLOW__PRAXI__LEARN_BUILD_INDEX", index.url)
            request = f"{store.uri}/{keys.training_request('r1')}"
            run_id, states = train(request=request, packages=["shopsource==1.0", "broken==1.0"])
        assert states["fingerprint_release"] == ["success"]
        assert states["build_release"] == ["success", "success"]
        assert states["report"] == ["success"]
        summary = document(cluster, run_id, "summary.json")
        assert (summary["wanted"], summary["learned"], summary["failed"]) == (3, 1, 2)
        found = {each["package"]["name"]: each for each in document(cluster, run_id, "batches/0.json")}
        assert "layer" in found["lost"]["reason"]
        built = ReleaseStore(store).get(("pypi", "shopsource", "1.0"))
        assert built.source == "built shopsource-1.0-py3-none-any.whl"
        (attempt,) = past_attempts(store, parse_label("broken==1.0"))
        assert "ZeroDivisionError" in attempt.reasons["build"]
        assert store.exists(keys.training_served("r1"))
        again = open_requests(store)[f"again-{run_key(run_id)}"]
        assert {package.name for package in again.packages} == {"lost", "broken"}

    def test_a_wrong_request_fails_at_once(self, train: Train) -> None:
        _, states = train(request="nowhere")
        assert states["releases"] == ["failed"]
        assert states["train"] == states["report"] == ["upstream_failed"]
