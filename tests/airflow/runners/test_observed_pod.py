"""What is made of a pod that has ended, whatever its node said last of the container."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from praxi_airflow.runners.observed_pod import ObservedPodManager
from praxi_airflow.runners.pod_log import PodLog
from tests.airflow.runners.faults import pod

RUNS = {"name": "base", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
STATES: dict[str, Any] = {"running": {"startedAt": "2026-11-29T13:24:53Z"}}


def manager_of(found: Any, seen: list[Any]) -> ObservedPodManager:
    client = SimpleNamespace(read_namespaced_pod=lambda *_, **__: found)
    return ObservedPodManager(client, [], seen.append, PodLog())


@pytest.mark.parametrize(
    ("phase", "runs"), [("Pending", True), ("Running", True), ("Failed", False), ("Succeeded", False)]
)
def test_no_container_of_a_pod_that_has_ended_runs(phase: str, runs: bool) -> None:
    """A kubelet 1.20 leaves it as running where the pod has outlived its deadline."""
    found = pod(phase, containerStatuses=[RUNS | {"state": STATES}])
    seen: list[Any] = []
    assert manager_of(found, seen).container_is_running(found, "base") is runs
    assert seen == [found]


def test_such_a_container_is_not_waited_for() -> None:
    found = pod("Failed", reason="DeadlineExceeded", containerStatuses=[RUNS | {"state": STATES}])
    manager_of(found, []).await_container_completion(found, "base")
