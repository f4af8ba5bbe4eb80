"""What a namespace's own objects and the cluster's refuse: ResourceQuota, LimitRange, PriorityClass.

In the order and in the words of the API server's admission plugins; quantities are Kubernetes' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from kubernetes.utils import parse_quantity

from tests.support.cluster.objects import Manifest

BUILT_IN: Final = frozenset({"system-cluster-critical", "system-node-critical"})


@dataclass
class Policies:
    """The objects of these kinds that there are.

    Attributes
    ----------
    priority_classes
        Names of the cluster's own.
    limit_ranges
        ``limits`` of the type Container, by namespace: ``max``, ``min``, ``maxLimitRequestRatio``.
    quotas
        ``hard`` of each ResourceQuota, by namespace and name.
    """

    priority_classes: set[str] = field(default_factory=set)
    limit_ranges: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    quotas: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def refusal(self, namespace: str, pod: Manifest, others: Iterable[Manifest] = ()) -> str:
        """Return why a pod is forbidden, or nothing; ``others`` are the namespace's pods that count."""
        beyond = list(_out_of_range(pod, self.limit_ranges.get(namespace, {})))
        found = [
            *self._unknown_class(pod),
            *([f"[{', '.join(beyond)}]"] if beyond[1:] else beyond),
            *self._beyond_quota(namespace, pod, list(others)),
        ]
        return found[0] if found else ""

    def _unknown_class(self, pod: Manifest) -> Iterator[str]:
        name = pod["spec"].get("priorityClassName", "")
        if name and name not in self.priority_classes | BUILT_IN:
            yield f"no PriorityClass with name {name} was found"

    def _beyond_quota(self, namespace: str, pod: Manifest, others: list[Manifest]) -> Iterator[str]:
        for (where, name), hard in self.quotas.items():
            if where != namespace:
                continue
            if missing := [resource for resource in hard if _sum(pod, resource) is None]:
                told = "; ".join(f"{resource} for: base" for resource in sorted(missing))
                yield f"failed quota: {name}: must specify {told}"
                return
            wanted = {resource: _sum(pod, resource) or Decimal(0) for resource in hard}
            used = {
                resource: sum((_sum(other, resource) or Decimal(0) for other in others), Decimal(0))
                for resource in hard
            }
            over = [each for each in sorted(hard) if used[each] + wanted[each] > parse_quantity(hard[each])]
            if over:
                told = f"requested: {_listed(over, wanted)}, used: {_listed(over, used)}"
                yield f"exceeded quota: {name}, {told}, limited: {_listed(over, hard)}"


def _listed(resources: Iterable[str], amounts: Mapping[str, object]) -> str:
    return ",".join(f"{resource}={amounts[resource]}" for resource in resources)


def _sum(pod: Manifest, resource: str) -> Decimal | None:
    """Return how much of a quota's resource (``limits.cpu``) a pod takes; None if it does not say."""
    if resource == "pods":
        return Decimal(1)
    side, _, name = resource.partition(".")
    amounts = [((each.get("resources") or {}).get(side) or {}).get(name) for each in _containers(pod)]
    return None if None in amounts else sum(map(parse_quantity, amounts), Decimal(0))


def _out_of_range(pod: Manifest, limits: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for container in _containers(pod):
        resources = container.get("resources") or {}
        for name, most in limits.get("max", {}).items():
            limit = (resources.get("limits") or {}).get(name)
            if limit is None:
                yield f"maximum {name} usage per Container is {most}.  No limit is specified"
            elif parse_quantity(limit) > parse_quantity(most):
                yield f"maximum {name} usage per Container is {most}, but limit is {limit}"
        for name, least in limits.get("min", {}).items():
            request = (resources.get("requests") or {}).get(name)
            if request is None or parse_quantity(request) < parse_quantity(least):
                yield f"minimum {name} usage per Container is {least}, but request is {request}"
        for name, most in limits.get("maxLimitRequestRatio", {}).items():
            ratio = parse_quantity(resources["limits"][name]) / parse_quantity(resources["requests"][name])
            if ratio > parse_quantity(most):
                told = f"but provided ratio is {ratio:.6f}"
                yield f"{name} max limit to request ratio per Container is {most}, {told}"


def _containers(pod: Manifest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pod["spec"]["containers"]
    return found
