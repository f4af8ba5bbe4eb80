"""A pod's status, as a kubelet reports it while the pod lives and dies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.support.cluster.objects import Manifest, timestamp


def pending(pod: Manifest, *, scheduled: bool = True) -> None:
    """Say that the pod was accepted, and whether it has a node."""
    pod["status"] = {
        "phase": "Pending",
        "qosClass": "Burstable",
        "conditions": [_condition("PodScheduled", holds=scheduled)],
    }
    if not scheduled:
        unscheduled = {
            "reason": "Unschedulable",
            "message": "0/1 nodes are available: 1 node(s) didn't match.",
        }
        pod["status"]["conditions"][0] |= unscheduled


def waiting(pod: Manifest, reason: str, message: str) -> None:
    """Say that the containers can't start, and why."""
    pod["status"]["containerStatuses"] = [
        _container(container, {"waiting": {"reason": reason, "message": message}})
        for container in pod["spec"]["containers"]
    ]


def running(pod: Manifest) -> None:
    """Say that the containers run."""
    now = timestamp()
    pod["status"].update(
        phase="Running",
        startTime=now,
        podIP="127.0.0.1",
        hostIP="127.0.0.1",
        conditions=[_condition(kind) for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")],
        containerStatuses=[
            _container(container, {"running": {"startedAt": now}}, ready=True)
            for container in pod["spec"]["containers"]
        ],
    )
    if initial := pod["spec"].get("initContainers"):
        done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
        pod["status"]["initContainerStatuses"] = [_container(each, done, ready=True) for each in initial]


def terminated(pod: Manifest, exit_codes: Iterable[int], *, reason: str = "") -> None:
    """Say how the containers ended; ``reason`` stands for what a kubelet calls a violent end."""
    now = timestamp()
    statuses = []
    for container, code in zip(pod["spec"]["containers"], exit_codes, strict=True):
        end = {
            "exitCode": code,
            "reason": reason or ("Completed" if code == 0 else "Error"),
            "startedAt": pod["status"].get("startTime", now),
            "finishedAt": now,
            "containerID": f"podman://{pod['metadata']['uid']}-{container['name']}",
        }
        statuses.append(_container(container, {"terminated": end}))
    failed = any(status["state"]["terminated"]["exitCode"] for status in statuses)
    pod["status"].update(phase="Failed" if failed else "Succeeded", containerStatuses=statuses)


def failed(pod: Manifest, reason: str, message: str) -> None:
    """Say that the node ended the pod as a whole (evicted, over its deadline)."""
    pod["status"].update(phase="Failed", reason=reason, message=message)


def disrupted(pod: Manifest, reason: str, message: str) -> None:
    """Say that the cluster is about to end the pod, and why."""
    pod["status"].setdefault("conditions", []).append(
        {**_condition("DisruptionTarget"), "reason": reason, "message": message}
    )


def _condition(kind: str, *, holds: bool = True) -> dict[str, str]:
    return {"type": kind, "status": "True" if holds else "False", "lastTransitionTime": timestamp()}


def _container(container: dict[str, Any], state: dict[str, Any], *, ready: bool = False) -> dict[str, Any]:
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": container["image"],
        "restartCount": 0,
        "ready": ready,
        "state": state,
        "lastState": {},
    }
