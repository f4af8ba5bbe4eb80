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
from tests.events import bodies
from tests.support import images
from tests.support import world as small_world
from tests.support.airflow import Airflow, airflow
from tests.support.browser import PATIENCE, chromium
from tests.support.redis_server import redis_client, redis_connection, redis_server
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
def queue() -> Iterator[int]:
    """Run a Redis, and return its port."""
    with redis_server() as port:
        yield port


@pytest.fixture(scope="module")
def server(cluster: World, queue: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    told = {"event_source": "redis-list", "event_queue": "pushes", "event_connection": "praxi_queue"}
    variables = cluster.variables(
        approval="human", event_registries=cluster.registry, event_window="20", **told
    )
    variables["AIRFLOW_CONN_PRAXI_QUEUE"] = redis_connection(queue)
    with airflow(tmp_path_factory.mktemp("airflow"), variables, also=["triggerer"]) as running:
        for dag_id in ("praxi_train", "praxi_on_push"):
            running.cli("dags", "unpause", dag_id)
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
        page.set_default_timeout(PATIENCE)
        page.goto(f"{server.url}/dags/praxi_train/runs/{quote(run_id, safe='')}")
        page.get_by_role("link", name="Praxi report").click()
        tab = page.frame_locator("iframe[title='Praxi report']")
        report = tab.frame_locator("#report").locator("body[data-drawn=yes]")
        report.wait_for()
        assert report.locator("figure svg").count() == report.locator("figure").count() > 3
        return report.inner_text()


def trials_on_the_page(server: Airflow) -> set[str]:
    """Return the links to trials' logs on the page of models, of which the first leads to the log."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.goto(server.url)  # which gives everybody a token where all are administrators
        page.wait_for_load_state("networkidle")
        page.goto(f"{server.url}/praxi/models")
        page.locator(".study .over-time[data-drawn=yes]").first.wait_for()
        links = {
            str(each.get_attribute("href")) for each in page.get_by_role("link", name="Log of trial").all()
        }
        page.goto(server.url + min(links))
        page.get_by_text("running: praxi learn --run").wait_for()
        return links


def champion_events(server: Airflow, run_id: str) -> list[dict[str, Any]]:
    """Return the extra of each event of the asset ``praxi_champion`` that a training emitted."""
    events = server.call("GET", "/assets/events?limit=100&source_dag_id=praxi_train")["asset_events"]
    return [event["extra"] for event in events if event["source_run_id"] == run_id]


def trainings(server: Airflow) -> set[str]:
    return {str(run["dag_run_id"]) for run in server.runs("praxi_train")}


def pushed(cluster: World, name: str) -> tuple[str, str]:
    """Push a new image; return its digest and the message in which the registry tells of it."""
    image = images.image([images.layer({f"etc/{name}": name.encode()})])
    images.push(f"{cluster.registry}/{name}:1.0", image)
    event = bodies.distribution_event(target_digest=image.digest, target_repository=name, target_tag="1.0")
    event["request"]["host"] = cluster.registry
    return image.digest, json.dumps({"events": [event]})


def test_what_a_queue_tells_of_pushes_is_audited_once_and_together(
    server: Airflow, cluster: World, queue: int
) -> None:
    """A real Redis, Airflow's triggerer, the Dag of pushes, and one audit of the window's two images."""
    (first, message), (second, other) = (pushed(cluster, name) for name in ("pushed-one", "pushed-two"))
    # All at once, so that they are in one window; the first is told twice, as by two replicas of a registry.
    redis_client(queue).rpush("pushes", message, other, message)

    def of_pushes() -> list[dict[str, Any]]:
        return [run for run in server.runs("praxi_audit") if run["dag_run_id"].startswith("push__")]

    server.wait_until(lambda: bool(of_pushes()))
    (audit,) = of_pushes()
    states = server.wait_for("praxi_audit", audit["dag_run_id"])
    assert states["report"] == ["success"]
    reported = cluster.document(audit["dag_run_id"], "report.json")["images"]
    assert {image["digest"] for image in reported} == {first, second}
    assert {image["state"] for image in reported} == {"audited"}
    assert redis_client(queue).llen("pushes") == 0
    redis_client(queue).rpush("pushes", message)  # days later, say: it is known
    server.wait_until(lambda: sum(run["state"] == "success" for run in server.runs("praxi_on_push")) >= 2)
    assert len(of_pushes()) == 1


def test_trials_of_studies_run_side_by_side_and_are_on_the_pages_of_run_and_models(
    server: Airflow, cluster: World
) -> None:
    """A release named by hand is fetched from the real index; trials share one storage."""
    release_store = ReleaseStore(open_store(cluster.store.as_uri()))
    for release in small_world.releases():
        release_store.add(as_stored(release))
    studies = {"routing_study": True, "tuning_trials": 2}
    conf = {"packages": ["six==1.16.0"], "approval": "none", **studies}
    run_id = server.trigger("praxi_train", conf | {"bars": {"calibration": 1, "score": 0.5}})
    states = server.wait_for("praxi_train", run_id)
    assert states["route"] == ["success"] * 6
    assert states["tune"] == ["success", "success"]
    assert states["report"] == ["success"]
    answer = shown(server, run_id)
    assert "pkg:pypi/six@1.16.0" in answer
    assert "wheel six-1.16.0" in answer
    assert "Tuning, trial by trial" in answer
    assert "Assignment to experts, trial by trial" in answer
    run = f"/dags/praxi_train/runs/{quote(run_id, safe='')}"
    assert trials_on_the_page(server) == {
        f"{run}/tasks/{task}/mapped/{number}"
        for task, count in (("route", 6), ("tune", 2))
        for number in range(count)
    }


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
