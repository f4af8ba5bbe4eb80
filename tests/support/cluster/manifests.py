"""What `helm upgrade` does with rendered objects, as far as the test cluster knows their kinds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kubernetes import client
from kubernetes.config import new_client_from_config

from tests.support.cluster.cluster import Cluster
from tests.support.cluster.objects import Manifest

HOOK: Final = "helm.sh/hook"
_PATIENCE: Final = 300.0
_NOTHING_TO_DO: Final = frozenset({"NetworkPolicy", "RoleBinding", "PrometheusRule", "ServiceMonitor"})


def hooks(objects: Iterable[Manifest], event: str) -> list[Manifest]:
    """Return the hooks of an event in their order."""
    found = [each for each in objects if event in _annotation(each, HOOK).split(",")]
    return sorted(found, key=lambda each: int(_annotation(each, f"{HOOK}-weight") or 0))


def _annotation(manifest: Manifest, name: str) -> str:
    return str((manifest["metadata"].get("annotations") or {}).get(name, ""))


def apply(cluster: Cluster, objects: Iterable[Manifest], *, launcher: str) -> None:
    """Make what is no hook.

    Parameters
    ----------
    launcher
        The service account of Airflow's that starts pods: a Role holds where it is bound to it.
    """
    made = [each for each in objects if not _annotation(each, HOOK)]
    bound = {
        binding["roleRef"]["name"]
        for binding in made
        if binding["kind"] == "RoleBinding" and launcher in {each["name"] for each in binding["subjects"]}
    }
    makers: dict[str, Callable[[str, str, Manifest], object]] = {
        "Namespace": lambda _, name, __: cluster.rights.namespaces.setdefault(name, {"default"}),
        "ServiceAccount": lambda space, name, _: cluster.rights.namespaces[space].add(name),
        "Role": lambda _, name, role: cluster.rights.grant(role) if name in bound else None,
        "ConfigMap": lambda space, name, each: cluster.add_configmap(space, name, each["data"]),
        "PriorityClass": lambda _, name, __: cluster.policies.priority_classes.add(name),
        "ResourceQuota": lambda space, name, each: cluster.policies.quotas.update(
            {(space, name): each["spec"]["hard"]}
        ),
        "LimitRange": lambda space, _, each: cluster.policies.limit_ranges.update(
            {space: each["spec"]["limits"][0]}
        ),
    }
    for each in sorted(made, key=lambda one: one["kind"] != "Namespace"):
        if each["kind"] not in _NOTHING_TO_DO:
            metadata = each["metadata"]
            makers[each["kind"]](metadata.get("namespace", ""), metadata["name"], each)


def run_pod(cluster: Cluster, manifest: Manifest) -> str:
    """Run the pod of a Job, or a pod, to its end and return its log.

    Raises
    ------
    AssertionError
        If it does not succeed; with its log.
    """
    template: Mapping[str, Any] = manifest["spec"]["template"] if manifest["kind"] == "Job" else manifest
    space, name = manifest["metadata"]["namespace"], manifest["metadata"]["name"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": name, "namespace": space},
        "spec": template["spec"],
    }
    with new_client_from_config(str(cluster.kubeconfig())) as opened:
        api = client.CoreV1Api(opened)
        api.create_namespaced_pod(space, pod)
        deadline = time.monotonic() + _PATIENCE
        while (phase := api.read_namespaced_pod(name, space).status.phase) not in {"Succeeded", "Failed"}:
            assert time.monotonic() < deadline, f"{name} is {phase}"
            time.sleep(0.2)
        log = str(api.read_namespaced_pod_log(name, space))
        api.delete_namespaced_pod(name, space)
    assert phase == "Succeeded", log
    return log
