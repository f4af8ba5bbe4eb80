"""The test cluster refuses what a real one would: wrong manifests, and what *restricted* forbids."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.manifest import pod_manifest
from praxi_airflow.settings import PodSettings
from tests.support.cluster import admission

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def pod() -> dict[str, Any]:
    return pod_manifest(PodSettings(image="tasks"), Command(arguments=("report",)), {"praxi/run": "r"}, 0)


def container(pod: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


def test_the_operators_pod_is_admitted(pod: dict[str, Any]) -> None:
    assert admission.problems(pod) == []


INVALID: dict[str, tuple[Change, str]] = {
    "no image": (lambda pod: container(pod).update(image=7), "spec.containers.0.image"),
    "unknown field": (lambda pod: pod["spec"].update(restartPolice="Never"), "strict decoding error"),
    "bad name": (lambda pod: pod["metadata"].update(name="Praxi_Plan"), "RFC 1123"),
    "long label": (lambda pod: pod["metadata"]["labels"].update(a="x" * 64), "valid label value"),
    "bad quantity": (lambda pod: container(pod)["resources"]["limits"].update(memory="1 GB"), "quantity"),
}


@pytest.mark.parametrize(("change", "told"), INVALID.values(), ids=INVALID)
def test_invalid_pods_are_refused(pod: dict[str, Any], change: Change, told: str) -> None:
    change(pod)
    assert told in " ".join(admission.problems(pod))


def security(pod: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = container(pod)["securityContext"]
    return found


UNRESTRICTED: dict[str, tuple[Change, str]] = {
    "host network": (lambda pod: pod["spec"].update(hostNetwork=True), "hostNetwork"),
    "host path": (
        lambda pod: pod["spec"]["volumes"].append({"name": "root", "hostPath": {"path": "/"}}),
        "restricted volume types (hostPath)",
    ),
    "sysctls": (
        lambda pod: pod["spec"]["securityContext"].update(sysctls=[{"name": "a.b", "value": "1"}]),
        "sysctls",
    ),
    "privileged": (lambda pod: security(pod).update(privileged=True), "privileged"),
    "escalation": (lambda pod: security(pod).pop("allowPrivilegeEscalation"), "allowPrivilegeEscalation"),
    "capabilities kept": (lambda pod: security(pod).pop("capabilities"), 'capabilities.drop=["ALL"]'),
    "capability added": (lambda pod: security(pod)["capabilities"].update(add=["SYS_ADMIN"]), "may only add"),
    "host port": (
        lambda pod: container(pod).update(ports=[{"containerPort": 80, "hostPort": 80}]),
        "hostPort",
    ),
    "root": (lambda pod: security(pod).update(runAsUser=0), "runAsUser=0"),
    "maybe root": (
        lambda pod: (security(pod).pop("runAsNonRoot"), pod["spec"]["securityContext"].pop("runAsNonRoot")),
        "runAsNonRoot",
    ),
    "seccomp": (
        lambda pod: security(pod).update(seccompProfile={"type": "Unconfined"}),
        "seccompProfile",
    ),
}


@pytest.mark.parametrize(("change", "rule"), UNRESTRICTED.values(), ids=UNRESTRICTED)
def test_unrestricted_pods_are_refused_by_the_rule_they_break(
    pod: dict[str, Any], change: Change, rule: str
) -> None:
    change(pod)
    (problem,) = admission.problems(pod)
    assert problem.startswith('violates PodSecurity "restricted:latest"')
    assert rule in problem


def test_init_containers_are_held_to_the_same_rules(pod: dict[str, Any]) -> None:
    first = copy.deepcopy(container(pod)) | {"name": "first"}
    pod["spec"]["initContainers"] = [first]
    assert admission.problems(pod) == []
    first["securityContext"]["privileged"] = True
    assert '(container "first")' in admission.problems(pod)[0]
