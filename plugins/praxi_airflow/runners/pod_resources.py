"""What a pod needs: cores, memory and scratch, from what its command will read and what settings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from kubernetes.client import V1Pod

    from praxi_tasks.store import Store

MEBI: Final = 1 << 20
_BASE: Final = 512 * MEBI
_MOST: Final = 2048 * MEBI
_SMALL: Final = 64 * MEBI
_CORES: Final = "2"
_CORES_TO_LEARN: Final = "4"

Resources = dict[str, dict[str, str]]


class _OutOfMemory(msgspec.Struct, frozen=True):
    """A pod was killed at this limit, in bytes."""

    limit: int


def batch_bytes(store: Store, run: str, batch: int) -> int:
    """Return the compressed bytes of the layers that one batch of a run's plan reads.

    Raises
    ------
    KeyNotFoundError
        If the run has no plan.
    """
    from praxi_tasks.audit import Plan
    from praxi_tasks.store import documents, keys

    plan = documents.read(store, keys.run(run, "plan.json"), Plan)
    return sum(layer.size for layer in plan.batch(batch))


def resources(size: int, *, scratch: str, learns: bool = False) -> Resources:
    """Return the resources of a pod that reads ``size`` compressed bytes.

    Layers stream, so memory grows with the number of files only: an eighth of the compressed bytes is
    ample. Reading more than a little keeps a whole core busy. Cores are limited too: a namespace whose quota
    counts them takes no pod without.

    Parameters
    ----------
    size
        Compressed bytes; 0 for a command that reads documents only.
    scratch
        The scratch volume's limit, which counts as ephemeral storage.
    learns
        Whether the command is a step of a training.
    """
    memory = min(_BASE + size // 8, _MOST)
    return {
        "requests": {
            "cpu": "1" if size > _SMALL else "250m",
            "memory": f"{memory // MEBI}Mi",
            "ephemeral-storage": "64Mi",
        },
        "limits": {
            "cpu": _CORES_TO_LEARN if learns else _CORES,
            "memory": f"{2 * memory // MEBI}Mi",
            "ephemeral-storage": scratch,
        },
    }


def build_resources(*, scratch: str) -> Resources:
    """Return the resources of a pod that runs untrusted code: no more than these, whatever it does."""
    return {
        "requests": {"cpu": "250m", "memory": "512Mi", "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "1", "memory": "2560Mi", "ephemeral-storage": scratch},
    }


def with_given(computed: Resources, *given: Mapping[str, Mapping[str, object]]) -> Resources:
    """Return resources with what is given instead, the last first.

    A computed request that is above a given limit becomes that limit, a computed limit below a given request
    that request; two that are given and contradict each other are for the API server to refuse.
    """
    from kubernetes.utils import parse_quantity

    wanted: Resources = {"requests": {}, "limits": {}}
    for one in given:
        for side, quantities in wanted.items():
            quantities |= {name: str(value) for name, value in (one.get(side) or {}).items()}
    requests = computed["requests"] | wanted["requests"]
    limits = computed["limits"] | wanted["limits"]
    for name in requests.keys() & limits.keys():
        if parse_quantity(requests[name]) <= parse_quantity(limits[name]):
            continue
        if name not in wanted["requests"]:
            requests[name] = limits[name]
        elif name not in wanted["limits"]:
            limits[name] = requests[name]
    return {"requests": requests, "limits": limits}


def with_memory(chosen: Resources, least: int) -> Resources:
    """Return resources whose limit of memory is at least so many bytes, and a request of half that."""
    from kubernetes.utils import parse_quantity

    if least <= parse_quantity(chosen["limits"]["memory"]):
        return chosen
    return {
        "requests": {**chosen["requests"], "memory": f"{least // 2 // MEBI}Mi"},
        "limits": {**chosen["limits"], "memory": f"{least // MEBI}Mi"},
    }


def memory_limit(pod: V1Pod, container: str) -> int:
    """Return the limit of memory, in bytes, at which a pod's container was killed; 0 if it was not."""
    from kubernetes.utils import parse_quantity

    statuses = (pod.status and pod.status.container_statuses) or []
    killed = any(
        each.name == container
        and each.state
        and each.state.terminated
        and each.state.terminated.reason == "OOMKilled"
        for each in statuses
    )
    limits = [
        each.resources.limits["memory"]
        for each in pod.spec.containers
        if each.name == container and each.resources and "memory" in (each.resources.limits or {})
    ]
    return int(parse_quantity(limits[0])) if killed and limits else 0


def note_out_of_memory(store: Store, key: str, limit: int) -> None:
    """Remember that a pod was killed at a limit, so that the next try gets more."""
    from praxi_tasks.store import documents

    documents.write(store, key, _OutOfMemory(limit))


def memory_wanted(store: Store, key: str, most: str) -> int:
    """Return the bytes that a pod needs after the one before ran out of memory; 0 if none did."""
    from kubernetes.utils import parse_quantity

    from praxi_tasks.errors import KeyNotFoundError
    from praxi_tasks.store import documents

    try:
        before = documents.read(store, key, _OutOfMemory).limit
    except KeyNotFoundError:
        return 0
    return max(before, min(2 * before, int(parse_quantity(most))))
