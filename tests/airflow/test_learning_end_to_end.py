"""A package nobody knows is learned the same day: audit, training, promotion, and the next audit names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from praxi_airflow.run_key import run_key
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.store import keys, open_store
from tests.airflow.world import PYTHON, SITE, World, package, world
from tests.support import images
from tests.support import world as small_world
from tests.support.airflow import Airflow, airflow
from tests.support.browser import chromium
from tests.support.stored import as_stored

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.needs(str(PYTHON)),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world"), []) as running:
        yield running


@pytest.fixture(scope="module")
def server(cluster: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    with airflow(tmp_path_factory.mktemp("airflow"), cluster.variables(approval="human")) as running:
        running.cli("dags", "unpause", "praxi_train")
        running.call("PATCH", "/dags/praxi_audit", {"is_paused": False})
        yield running


def named(cluster: World, run_id: str) -> list[dict[str, Any]]:
    """Return what the model, and no package database, named in an audit."""
    report = cluster.document(run_id, "report.json")
    releases = [release for layer in report["layers"] for release in layer["releases"]]
    return [release for release in releases if release["source"] == "fingerprint"]


def asks(server: Airflow, run_id: str) -> bool:
    """Return whether Airflow waits for an answer, and the scheduler knows that the task's process ended.

    It hears of that seconds later, and would take what an answer started meanwhile for killed.
    """
    if server.states("praxi_train", run_id).get("approve") != ["awaiting_input"]:
        return False
    key = f"dag_id='praxi_train', task_id='approve', run_id='{run_id}'"
    told = (Path(server.variables["AIRFLOW_HOME"]).parent / "scheduler.log").read_text()
    return f"Received executor event with state success for task instance TaskInstanceKey({key}" in told


def approve(server: Airflow, run_id: str, told: str, **form: str) -> None:
    """Answer, as a person does, the question whether the new model may come into use."""
    server.wait_until(lambda: asks(server, run_id))
    run = f"/dags/praxi_train/dagRuns/{quote(run_id, safe='')}"
    (question,) = server.call("GET", f"{run}/hitlDetails")["hitl_details"]
    assert told in question["body"]
    assert server.states("praxi_train", run_id)["promote"] == [None]
    answer = {"chosen_options": ["Approve"], "params_input": form}
    server.call("PATCH", f"{run}/taskInstances/approve/-1/hitlDetails", answer)


def shown(server: Airflow, run_id: str) -> str:
    """Return what a person reads who opens the report on the run's page."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.goto(f"{server.url}/dags/praxi_train/runs/{quote(run_id, safe='')}")
        page.get_by_role("link", name="Praxi report").click(timeout=120_000)
        tab = page.frame_locator("iframe[title='Praxi report']")
        report = tab.frame_locator("#report").locator("body[data-drawn=yes]")
        report.wait_for(timeout=60_000)
        assert report.locator("figure svg").count() == report.locator("figure").count() > 3
        return report.inner_text()


def champion_events(server: Airflow, run_id: str) -> list[dict[str, Any]]:
    """Return the extra of each event of the asset ``praxi_champion`` that a training emitted."""
    events = server.call("GET", "/assets/events?limit=100&source_dag_id=praxi_train")["asset_events"]
    return [event["extra"] for event in events if event["source_run_id"] == run_id]


def trainings(server: Airflow) -> set[str]:
    return {str(run["dag_run_id"]) for run in server.runs("praxi_train")}


def test_trials_of_a_tuning_run_side_by_side_and_the_report_is_on_the_runs_page(
    server: Airflow, cluster: World
) -> None:
    """A release named by hand is fetched from the real index; two trials share one storage."""
    release_store = ReleaseStore(open_store(cluster.store.as_uri()))
    for release in small_world.releases():
        release_store.add(as_stored(release))
    conf = {"packages": ["six==1.16.0"], "tuning_trials": 2, "approval": "none"}
    run_id = server.trigger("praxi_train", conf | {"bars": {"calibration": 1, "score": 0.5}})
    states = server.wait_for("praxi_train", run_id)
    assert states["tune"] == ["success", "success"]
    assert states["report"] == ["success"]
    answer = shown(server, run_id)
    assert "pkg:pypi/six@1.16.0" in answer
    assert "wheel six-1.16.0" in answer
    assert "Tuning, trial by trial" in answer


def test_a_package_nobody_knew_is_named_by_the_next_audit_without_its_databases(
    server: Airflow, cluster: World
) -> None:
    before = trainings(server)
    first = server.trigger("praxi_audit", {"images": [cluster.references["farm"]]})
    audited = server.wait_for("praxi_audit", first)
    assert {state for each in audited.values() for state in each} == {"success"}
    assert named(cluster, first) == []

    server.wait_until(lambda: trainings(server) > before)
    (run_id,) = trainings(server) - before
    approve(server, run_id, "F1 on new releases is 1.0000")
    states = server.wait_for("praxi_train", run_id)
    assert states.pop("route") == states.pop("tune") == states.pop("build_release") == ["skipped"]
    assert {state for each in states.values() for state in each} == {"success"}
    (event,) = champion_events(server, run_id)

    bare = {path: data for path, data in package("farm").items() if ".dist-info" not in path}
    moved = {path.replace(SITE, "opt/venv/lib/python3.12/site-packages"): data for path, data in bare.items()}
    reference = f"{cluster.registry}/farm-bare:1.0"
    images.push(reference, images.image([images.layer(moved)]))
    second = server.trigger("praxi_audit", {"images": [reference]})
    server.wait_for("praxi_audit", second)
    (farm,) = named(cluster, second)
    assert (farm["purl"], farm["versions"]) == ("pkg:pypi/farm@1.0", ["1.0"])
    predicted = cluster.document(second, "predictions.json")
    assert event["version"] == predicted["version"]
    assert event["model"] == "models:/praxi@champion"
    assert event["before"] == cluster.document(first, "predictions.json")["version"]
    assert int(predicted["version"]) > int(cluster.document(first, "predictions.json")["version"] or 1)
    assert cluster.document(second, "new-packages.json") == []


def test_a_person_overrules_the_gate_with_a_note(server: Airflow, cluster: World) -> None:
    release_store = ReleaseStore(open_store(cluster.store.as_uri()))
    release_store.add(as_stored(small_world.release("overruled", "1.0")))
    run_id = server.trigger("praxi_train", {"packages": ["overruled==1.0"], "bars": {"score": 1.01}})
    approve(server, run_id, "**refused:** the score is", note="the bar cannot be met")
    states = server.wait_for("praxi_train", run_id)
    assert states["promote"] == states["report"] == ["success"]
    promotion = json.loads((cluster.store / keys.training_run(run_key(run_id), "promotion.json")).read_text())
    assert promotion["approval"]["note"] == "the bar cannot be met"
    assert promotion["approval"]["by"]
    assert "the score is" in promotion["overruled"][0]
    (event,) = champion_events(server, run_id)
    assert event["version"] == promotion["champion"]
