from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kubernetes.utils import parse_quantity

from praxi_airflow.run_key import run_key
from praxi_tasks.audit import PodEnd, PodRecord, read_pods
from praxi_tasks.store import open_store
from tests.cluster.conftest import NAMESPACE, TRACE, Stage
from tests.support.cluster.eviction import NodeIsKeptError
from tests.support.otlp import otlp_receiver

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]
STATES = ["audited", "audited", "failed"]
SUMMARY = "batch 0: 0 layers could not be read"
READING = ": reading 0.0 MB from"
LAYERS = 3
REFUSED = "MANIFEST_UNKNOWN"
READ_ONLY = {"pods/log": {"get"}, "events": {"list", "watch"}}


def tries(ended: dict[str, list[dict[str, int]]], task: str) -> int:
    return max(found["tries"] for found in ended["tasks"] if found["task"] == task)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("deferrable", [False, True], ids=["sync", "deferrable"])
def test_the_audit_runs_as_pods_that_hold_no_secret_and_are_one_trace(stage: Stage, deferrable: bool) -> None:
    before = len(stage.logged(SUMMARY)), len(stage.logged(REFUSED))
    with otlp_receiver() as receiver:
        ended = stage.check(stage.start(deferrable=deferrable, receiver=receiver.url))
    assert receiver.traces().keys() == {TRACE}
    steps = {"praxi-plan", "praxi-fingerprint", "praxi-predict", "praxi-report"}
    assert {span.service for span in receiver.spans if span.kind == "SERVER"} >= steps
    known = {span.id for span in receiver.spans}
    assert {span.service for span in receiver.spans if span.parent in known} >= steps
    assert receiver.named("read layer")
    assert any(span.name.startswith("S3/") for span in receiver.spans)
    assert ended["states"] == STATES
    assert len(stage.logged(SUMMARY)) == before[0] + 1  # each line once, at its level
    assert "[warning" in stage.logged(REFUSED)[before[1]]
    assert tries(ended, "fingerprint") == 1
    assert ended["xcom_bytes"] < 64 * 1024
    for command in ("plan", "fingerprint", "predict", "report"):
        (noted,) = pods_noted(stage, ended, command)
        assert noted.end is PodEnd.DONE
        assert noted.start_seconds is not None
    pods = [pod for pod in stage.cluster.history if pod["metadata"]["namespace"] == NAMESPACE]
    tasks = {pod["metadata"]["labels"]["praxi/task"] for pod in pods}
    assert tasks >= {"plan", "fingerprint", "predict", "report"}
    assert "not-a-secret-but-wanted" not in str(pods)
    assert "not-a-secret-but-wanted" not in stage.driver.log.read_text()


@pytest.mark.parametrize("fault", ["evict", "lose_node", "kill_out_of_memory"])
def test_a_pod_that_dies_in_the_middle_is_run_again(stage: Stage, fault: str) -> None:
    harm: Callable[..., None] = getattr(stage.cluster, fault)
    with stage.gate.holding("/batches/"):  # or it might be done before the harm is
        answer = stage.start()
        harm(stage.running_pod("fingerprint"))
    ended = stage.check(answer)
    assert ended["states"] == STATES
    assert tries(ended, "fingerprint") == 2
    first, second = (memory_limit_of(pod) for pod in pods_of_last_run(stage, "fingerprint"))
    assert second == (2 * first if fault == "kill_out_of_memory" else first)
    said = f"ran out of memory at the limit of {first >> 20} Mi: the next try gets {second >> 20} Mi"
    assert bool(stage.logged(said)) is (fault == "kill_out_of_memory")
    lost = PodEnd.OUT_OF_MEMORY if fault == "kill_out_of_memory" else PodEnd.LOST
    assert [pod.end for pod in pods_noted(stage, ended, "fingerprint")] == [lost, PodEnd.DONE]


def pods_of_last_run(stage: Stage, task: str) -> list[dict[str, Any]]:
    run = stage.cluster.history[-1]["metadata"]["labels"]["praxi/run"]
    wanted = {"praxi/run": run, "praxi/task": task}
    return [pod for pod in stage.cluster.history if wanted.items() <= pod["metadata"]["labels"].items()]


def pods_noted(stage: Stage, ended: dict[str, Any], command: str) -> list[PodRecord]:
    noted = read_pods(open_store(stage.store), run_key(ended["run_id"]))
    return [pod for pod in noted if pod.command == command]


def memory_limit_of(pod: dict[str, Any]) -> int:
    return int(parse_quantity(pod["spec"]["containers"][0]["resources"]["limits"]["memory"]))


def test_a_killed_worker_leaves_its_pod_to_the_next_try(stage: Stage) -> None:
    stage.cluster.freeze("fingerprint")  # or it would be done before the next try looks
    try:
        stage.start()
        pod = stage.running_pod("fingerprint")
        answer = stage.driver.kill_worker()
        told = f"Reusing existing pod '{pod['metadata']['name']}'"
        stage.wait_until(lambda: told in stage.driver.told(), told)
    finally:
        stage.cluster.thaw()
    ended = stage.check(answer)
    assert ended["states"] == STATES
    assert tries(ended, "fingerprint") == 2


def test_a_node_that_is_drained_in_the_middle_costs_a_try(stage: Stage) -> None:
    with stage.gate.holding("/batches/"):
        answer = stage.start()
        stage.running_pod("fingerprint")
        with pytest.raises(NodeIsKeptError, match=r"--force.*--delete-emptydir-data"):
            stage.cluster.drain()
        stage.cluster.drain(force=True, delete_emptydir_data=True)
    ended = stage.check(answer)
    assert ended["states"] == STATES
    assert tries(ended, "fingerprint") == 2
    assert "its node was drained" in stage.driver.told()


def test_what_a_runs_pods_leave_its_last_task_deletes(stage: Stage) -> None:
    stage.cluster.rights.rules = {"pods": {"create", "get", "list", "patch"}} | READ_ONLY
    try:
        answer = stage.start()
        left = ("plan", "fingerprint", "predict", "report", "metrics", "notify")
        stage.wait_until(
            lambda: set(left) <= {task_of(pod) for pod in stage.cluster.pods(NAMESPACE)}, "all are"
        )
    finally:
        stage.cluster.rights.rules = None
    ended = stage.check(answer)
    assert ended["states"] == STATES
    assert [one["state"] for one in ended["tasks"] if one["task"] == "sweep"] == ["success"]


def task_of(pod: dict[str, Any]) -> str:
    return str(pod["metadata"]["labels"]["task_id"])


def test_a_log_stream_that_is_cut_costs_nothing(stage: Stage) -> None:
    before = len(stage.logged(SUMMARY)), len(stage.logged(READING))
    with stage.gate.holding("/batches/"):  # so that there is a stream to cut
        answer = stage.start()
        pod = stage.running_pod("fingerprint")
        stage.wait_until(lambda: stage.cluster.cut_log(pod), "the log is read")
        stage.wait_until(lambda: stage.cluster.log_streams(pod) > 1, "the log is read again")
    ended = stage.check(answer)
    assert ended["states"] == STATES
    assert tries(ended, "fingerprint") == 1
    assert len(stage.logged(SUMMARY)) == before[0] + 1
    assert len(stage.logged(READING)) == before[1] + LAYERS


def test_an_api_server_that_refuses_for_a_minute_is_waited_for(stage: Stage) -> None:
    answer = stage.start()
    stage.running_pod("fingerprint")
    before = stage.cluster.gate.refused
    stage.cluster.refuse_requests(60, (500, 429))
    assert stage.check(answer)["states"] == STATES
    assert stage.cluster.gate.refused > before + 3


def test_a_store_that_refuses_writes_for_half_a_minute_is_waited_for(stage: Stage) -> None:
    answer = stage.start()
    stage.running_pod("plan")
    before = stage.gate.refused
    stage.gate.refuse_writes(30)
    stage.check(answer)
    assert stage.gate.refused > before


def test_an_image_pull_that_backs_off_is_waited_for(stage: Stage) -> None:
    before = len(stage.cluster.events("Failed"))
    stage.cluster.fail_pulls("too many requests: 503 Service Unavailable")
    answer = stage.start()
    try:
        stage.wait_until(lambda: len(stage.cluster.events("Failed")) > before, "a pull fails")
    finally:
        stage.cluster.fail_pulls("")
    assert stage.check(answer)["states"] == STATES
