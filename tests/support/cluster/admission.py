"""What a cluster refuses before it stores a pod: bad schema, bad names, and what *restricted* forbids.

The *restricted* Pod Security Standard is checked rule by rule, as its table has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import kubernetes_validate

from tests.support.cluster.objects import Manifest

API_VERSION: Final = "1.31"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_QUANTITY = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+|m|k|[KMGTPE]i?)?")
_VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def problems(pod: Manifest) -> list[str]:
    """Return why the API server rejects this pod, in no words if it takes it."""
    found = list(_schema(pod)) or [*_names(pod), *_quantities(pod)]
    return found or [f'violates PodSecurity "restricted:latest": {rule}' for rule in restricted(pod)]


def _schema(pod: Manifest) -> Iterator[str]:
    try:
        kubernetes_validate.validate(pod, API_VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"strict decoding error: {'.'.join(map(str, error.path))}: {error.message[:300]}"


def _names(pod: Manifest) -> Iterator[str]:
    name = str(pod["metadata"].get("name", ""))
    if not name:
        yield "metadata.name: Required value: name or generateName is required"
    elif not _NAME.fullmatch(name) or len(name) > 253:
        yield f'metadata.name: Invalid value: "{name}": must be a lowercase RFC 1123 subdomain'
    for label, value in (pod["metadata"].get("labels") or {}).items():
        if not _LABEL.fullmatch(str(value)) or len(str(value)) > 63:
            yield f'metadata.labels.{label}: Invalid value: "{value}": must be a valid label value'


def _quantities(pod: Manifest) -> Iterator[str]:
    for container in containers(pod):
        resources = container.get("resources") or {}
        for side in ("limits", "requests"):
            for resource, quantity in (resources.get(side) or {}).items():
                if not _QUANTITY.fullmatch(str(quantity)):
                    yield f'resources.{side}.{resource}: Invalid value: "{quantity}": must be a quantity'


def containers(pod: Manifest) -> list[dict[str, Any]]:
    """Return the pod's init containers and containers."""
    spec = pod["spec"]
    return [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]


def restricted(pod: Manifest) -> Iterator[str]:
    """Yield the rules of the *restricted* Pod Security Standard that the pod breaks."""
    spec = pod["spec"]
    for namespace in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(namespace):
            yield f"host namespaces ({namespace}=true)"
    for volume in spec.get("volumes") or []:
        if forbidden := set(volume) - {"name"} - _VOLUMES:
            yield f"restricted volume types ({', '.join(sorted(forbidden))})"
    shared = spec.get("securityContext") or {}
    if shared.get("sysctls"):
        yield "forbidden sysctls"
    for container in containers(pod):
        for rule in _container_rules(container, shared):
            yield f'{rule} (container "{container["name"]}")'


def _container_rules(container: dict[str, Any], shared: dict[str, Any]) -> Iterator[str]:
    own = container.get("securityContext") or {}
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation != false"
    yield from _capability_rules(own.get("capabilities") or {})
    if any(port.get("hostPort") for port in container.get("ports") or []):
        yield "hostPort"
    if own.get("procMount", "Default") != "Default":
        yield "procMount"
    yield from _identity_rules({**shared, **own})


def _capability_rules(capabilities: dict[str, Any]) -> Iterator[str]:
    if "ALL" not in (capabilities.get("drop") or []):
        yield 'unrestricted capabilities: must set capabilities.drop=["ALL"]'
    if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield "unrestricted capabilities: may only add NET_BIND_SERVICE"


def _identity_rules(effective: dict[str, Any]) -> Iterator[str]:
    if effective.get("runAsNonRoot") is not True:
        yield "runAsNonRoot != true"
    if effective.get("runAsUser") == 0:
        yield "runAsUser=0"
    if (effective.get("seccompProfile") or {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        yield 'seccompProfile: must be "RuntimeDefault" or "Localhost"'
