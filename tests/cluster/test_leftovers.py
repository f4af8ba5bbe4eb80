"""Pods that tries and runs have left behind: no other one runs beside them, and none is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
from airflow.sdk.execution_time.comms import ErrorResponse

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.tasks import sweep_pods
from tests.cluster.bench import Bench, bench
from tests.support.cluster.eviction import NodeIsKeptError
from tests.support.faults import Kind, ScriptedFaults
from tests.support.task_image import BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]
ALL_BUT_DELETE = {
    "pods": {"create", "get", "list", "patch"},
    "pods/log": {"get"},
    "events": {"list", "watch"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, task_image: BuiltImage) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("leftovers"), task_image.by_digest) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_left(made: Bench) -> Iterator[None]:
    yield
    assert made.cluster.left() == []
    assert made.cluster.containers() == []


def fails_undeleted(made: Bench, run: str, *arguments: str) -> list[str]:
    """Let a pod of a run fail that the task can't delete; return the names of what is there then."""
    made.cluster.rights.rules = ALL_BUT_DELETE
    try:
        with pytest.raises(Exception, match="exit code"):
            made.run("plan", *arguments, run=run)
    finally:
        made.cluster.rights.rules = None
    left = made.cluster.pods()
    assert [pod["status"]["phase"] for pod in left] == ["Failed"] * len(left)
    assert [pod["metadata"]["labels"]["already_checked"] for pod in left] == ["True"] * len(left)
    return [pod["metadata"]["name"] for pod in left]


def test_the_next_try_deletes_what_the_one_before_could_not(made: Bench) -> None:
    made.configure(pod_deferrable=False)
    (name,) = fails_undeleted(made, "again", "--no-such-option")
    made.run("plan", "--help", run="again")
    assert name not in {pod["metadata"]["name"] for pod in made.cluster.left()}


def standing_pods(made: Bench, run: str, *created: str) -> list[Any]:
    """Start pods of one task, created at these times, which stand still; return them as they run."""
    made.cluster.freeze("plan")
    operator = made.operator("plan", "--help", run=run)
    before = len(made.cluster.history)
    for _ in created:
        pod = operator.build_pod_request_obj(made.context("plan", run))
        operator.pod_request_obj = None
        operator.client.create_namespaced_pod("praxi", pod)
    made.wait_until(
        lambda: [one["status"]["phase"] for one in made.cluster.pods()] == ["Running"] * len(created)
    )
    found = made.cluster.history[before:]
    for one, time in zip(found, created, strict=True):
        one["metadata"]["creationTimestamp"] = time
    return found


@pytest.fixture
def thawing(made: Bench) -> Iterator[None]:
    yield
    made.cluster.thaw()


@pytest.mark.usefixtures("thawing")
def test_of_two_running_pods_the_younger_is_gone_on_with(made: Bench) -> None:
    made.configure(pod_deferrable=False)
    _, younger = standing_pods(made, "two", "2026-03-01T00:00:00Z", "2026-03-01T00:00:09Z")
    begun = len(made.cluster.history)
    task = threading.Thread(target=made.run, args=("plan", "--help"), kwargs={"run": "two"})
    task.start()
    made.wait_until(lambda: made.cluster.pods() == [younger])
    made.cluster.thaw()
    task.join()
    assert len(made.cluster.history) == begun


@pytest.mark.usefixtures("thawing")
def test_a_running_pod_that_is_done_with_ends_before_another_starts(made: Bench) -> None:
    made.configure(pod_deferrable=False)
    (pod,) = standing_pods(made, "marked", "2026-03-01T00:00:00Z")
    pod["metadata"]["labels"]["already_checked"] = "True"
    made.cluster.thaw()
    begun = len(made.cluster.history)
    made.run("plan", "--help", run="marked")
    assert [one["status"]["phase"] for one in made.cluster.history[begun:]] == ["Succeeded"]


class LostCreation(ScriptedFaults):
    """The API server creates the first pod that it is asked for, and nobody hears of it."""

    def draw(self, method: str, path: str, *, conditional: bool = False) -> Kind | None:
        """Return what happens to a request."""
        return super().draw(method, path, conditional=conditional) if method == "POST" else None


def test_a_creation_of_which_the_answer_is_lost_costs_nothing(made: Bench) -> None:
    made.configure(pod_deferrable=False)
    begun = len(made.cluster.history)
    made.cluster.gate.faults = LostCreation(Kind.LOST)
    made.run("plan", "--help", run="lost")
    made.cluster.gate.faults = None
    assert len(made.cluster.history) == begun + 1


class Runs:
    """A janitor's task instance: says of some runs how they are, of all others that they were deleted."""

    dag_id = "praxi_audit"

    def __init__(self, run_id: str, **states: str) -> None:
        self.run_id = run_id
        self._states = states

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        """Answer as Airflow's API server does."""
        assert dag_id == self.dag_id
        if run_id not in self._states:
            detail = {"status_code": 404, "message": "no such run"}
            raise AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail))
        return self._states[run_id]


def test_the_janitor_leaves_no_pod_of_an_ended_run(made: Bench, tmp_path: Path) -> None:
    made.configure(pod_deferrable=False)
    for run in ("mine", "ended", "gone", "going"):
        fails_undeleted(made, run, "--no-such-option")
    names = {
        pod["metadata"]["annotations"]["praxi/run-id"]: pod["metadata"]["name"] for pod in made.cluster.pods()
    }
    janitor = Runs("mine", ended="success", going="running")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__PRAXI__STORE", (tmp_path / "another").as_uri())
        assert sweep_pods(ti=janitor) == []  # of another Airflow, whose runs have the same names
    assert sorted(sweep_pods(ti=janitor)) == sorted(names[run] for run in ("mine", "ended", "gone"))
    assert [pod["metadata"]["name"] for pod in made.cluster.left()] == [names["going"]]
    assert sweep_pods(ti=Runs("going")) == [names["going"]]


def test_the_janitor_leaves_all_alone_where_airflow_does_not_answer(made: Bench) -> None:
    (name,) = fails_undeleted(made, "unknown", "--no-such-option")

    class Silent(Runs):
        def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
            detail = {"status_code": 503}
            raise AirflowRuntimeError(ErrorResponse(error=ErrorType.API_SERVER_ERROR, detail=detail))

    assert sweep_pods(ti=Silent("mine")) == []
    assert sweep_pods(ti=Runs("unknown")) == [name]


@pytest.mark.parametrize(
    ("harm", "deferrable"), [("drain", False), ("scale_down", True), ("delete", False), ("lose_node", False)]
)
@pytest.mark.usefixtures("thawing")
def test_a_pod_that_is_ended_from_outside_is_said_to_be(made: Bench, harm: str, deferrable: bool) -> None:
    made.configure(pod_deferrable=deferrable)
    told: list[BaseException] = []

    def run() -> None:
        with pytest.raises(RetryableTaskError) as caught:
            made.run("doctor", "--wait-for-ever")
        told.append(caught.value)

    made.cluster.freeze("doctor")
    task = threading.Thread(target=run)
    task.start()
    made.wait_until(lambda: [pod["status"]["phase"] for pod in made.cluster.pods()] == ["Running"])
    (pod,) = made.cluster.pods()
    if harm == "drain":
        with pytest.raises(NodeIsKeptError, match=r"--force.*--delete-emptydir-data"):
            made.cluster.drain()
        made.cluster.drain(force=True, delete_emptydir_data=True)
    elif harm == "scale_down":
        made.cluster.scale_down()
    elif harm == "delete":
        made.cluster.delete(pod)
    else:
        made.cluster.lose_node(pod)
    task.join()
    assert "its node was drained" in str(told[0])
    # Where the triggerer waits, the pod is gone with its conditions before anybody looks at them.
    assert ("or somebody deleted it" in str(told[0])) == (deferrable or harm in {"delete", "lose_node"})
