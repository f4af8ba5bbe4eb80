"""A task's pod as a manifest: plain data that meets the *restricted* Pod Security Standard."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.pod_resources import (
    Resources,
    build_resources,
    resources,
    with_given,
    with_memory,
)
from praxi_airflow.settings import PodSettings
from praxi_tasks.environment import inherited

logger = logging.getLogger(__name__)

CONTAINER: Final = "base"
NAME_LABEL: Final = "app.kubernetes.io/name"
ISOLATED_NAME: Final = "praxi-build"
"""The label of pods that run untrusted code; network policies select by it."""

SAFE_TO_EVICT: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"
SCRATCH: Final = "/scratch"
REGISTRY: Final = "/etc/praxi/registry"
CERTIFICATES: Final = "/etc/praxi/ca"
CA_BUNDLE: Final = "ca-bundle.crt"
_PROXY: Final = re.compile(r"(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy")
_SECCOMP: Final = {"type": "RuntimeDefault"}


def pod_manifest(
    pods: PodSettings, command: Command, labels: Mapping[str, str], size: int, memory: int = 0
) -> dict[str, Any]:
    """Return the manifest of the pod that runs ``command``.

    Parameters
    ----------
    pods
        How pods look.
    command
        What the pod runs.
    labels
        The pod's labels, values ready for Kubernetes.
    size
        Compressed bytes that the command reads.
    memory
        The least limit of memory in bytes, after a pod before it ran out of it.
    """
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"praxi-{command.arguments[0]}",
            "namespace": pods.namespace,
            "labels": {
                NAME_LABEL: ISOLATED_NAME if command.isolated else "praxi",
                "app.kubernetes.io/managed-by": "airflow",
                **labels,
            },
            "annotations": _annotations(pods),
        },
        "spec": {
            "containers": [_container(pods, command, size, memory)],
            "restartPolicy": "Never",
            "serviceAccountName": pods.service_account,
            "imagePullSecrets": [{"name": name} for name in pods.pull_secrets],
            "nodeSelector": pods.node_selector,
            "tolerations": pods.tolerations,
            "affinity": pods.affinity,
            "activeDeadlineSeconds": pods.deadline,
            "securityContext": _pod_security(pods),
            "volumes": _volumes(pods),
            **(_isolated(pods) if command.isolated else {}),
        },
    }


def _isolated(pods: PodSettings) -> dict[str, Any]:
    """Return what a pod's specification has besides, if the pod runs untrusted code."""
    runtime = {"runtimeClassName": pods.build_runtime_class} if pods.build_runtime_class else {}
    return {"automountServiceAccountToken": False, "enableServiceLinks": False, **runtime}


def _container(pods: PodSettings, command: Command, size: int, memory: int) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": pods.image,
        "args": list(command.arguments),
        "env": [{"name": name, "value": value} for name, value in _environment(pods, command).items()],
        "envFrom": [{"secretRef": {"name": name}} for name in pods.environment_secrets],
        "resources": with_memory(_resources(pods, command, size), memory),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": _mounts(pods),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": _SECCOMP,
        },
    }


def _resources(pods: PodSettings, command: Command, size: int) -> Resources:
    """Return what is computed, below the template's, below the settings'."""
    given = pods.resources_of(command.name)
    if command.isolated:
        return with_given(build_resources(scratch=pods.scratch_limit), given)
    learns = command.arguments[0] == "learn"
    computed = resources(size, scratch=pods.scratch_limit, learns=learns)
    return with_given(computed, _template_resources(pods.template_file), given)


def _template_resources(file: str) -> Mapping[str, Mapping[str, object]]:
    """Return the resources that a template gives the container; its schema is the API server's to check."""
    return _template_container(file).get("resources") or {}


def _template_container(file: str) -> Mapping[str, Any]:
    containers = (_template(file).get("spec") or {}).get("containers") or []
    return next((each for each in containers if each.get("name") == CONTAINER), {})


def _annotations(pods: PodSettings) -> dict[str, str]:
    """Return what lets a node be drained of the pod, which may end anywhere; a template may say otherwise."""
    given = (_template(pods.template_file).get("metadata") or {}).get("annotations") or {}
    return {} if SAFE_TO_EVICT in given else {SAFE_TO_EVICT: "true"}


def _template(file: str) -> dict[str, Any]:
    return (yaml.safe_load(Path(file).read_text()) if file else None) or {}


def _environment(pods: PodSettings, command: Command) -> dict[str, str]:
    proxies = _proxies(pods) if pods.proxies and not command.isolated else {}
    environment = {"HOME": SCRATCH, "TMPDIR": SCRATCH, **proxies, **command.environment}
    if pods.registry_secret:
        environment["PRAXI_REGISTRY_AUTH_FILE"] = f"{REGISTRY}/config.json"
    if pods.ca_config_map:
        bundle = f"{CERTIFICATES}/{CA_BUNDLE}"
        environment["PRAXI_CA_BUNDLE"] = bundle
    return environment


def _proxies(pods: PodSettings) -> dict[str, str]:
    """Return Airflow's own variables of proxies, but for those with a password and those of the template."""
    own = {variable.get("name") for variable in _template_container(pods.template_file).get("env") or ()}
    found = inherited(_PROXY.fullmatch)
    for name in [name for name, text in found.items() if "@" in text]:
        logger.warning("%s holds a password: give it to pods by a Secret of pod_environment_secrets", name)
        del found[name]
    return {name: text for name, text in found.items() if text and name not in own}


def _pod_security(pods: PodSettings) -> dict[str, Any]:
    """Return the pod's security context; a uid of -1 is left for OpenShift to pick."""
    user = {} if pods.run_as_user < 0 else {"runAsUser": pods.run_as_user}
    return {"runAsNonRoot": True, "seccompProfile": _SECCOMP, **user}


def _volumes(pods: PodSettings) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [{"name": "scratch", "emptyDir": {"sizeLimit": pods.scratch_limit}}]
    if pods.registry_secret:
        items = [{"key": ".dockerconfigjson", "path": "config.json"}]
        volumes.append({"name": "registry", "secret": {"secretName": pods.registry_secret, "items": items}})
    if pods.ca_config_map:
        volumes.append({"name": "certificates", "configMap": {"name": pods.ca_config_map}})
    return volumes


def _mounts(pods: PodSettings) -> list[dict[str, Any]]:
    mounts: list[dict[str, Any]] = [{"name": "scratch", "mountPath": SCRATCH}]
    if pods.registry_secret:
        mounts.append({"name": "registry", "mountPath": REGISTRY, "readOnly": True})
    if pods.ca_config_map:
        mounts.append({"name": "certificates", "mountPath": CERTIFICATES, "readOnly": True})
    return mounts
