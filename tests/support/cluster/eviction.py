"""What stands in the way of emptying a node: as kubectl and the cluster autoscaler look at its pods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tests.support.cluster.objects import Manifest

SAFE_TO_EVICT: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"


class NodeIsKeptError(RuntimeError):
    """The node is not emptied; says what ``kubectl drain`` or the autoscaler say of that."""


def drain_problems(pods: Sequence[Manifest], *, force: bool, delete_emptydir_data: bool) -> Iterator[str]:
    """Yield why ``kubectl drain`` refuses to empty a node, by its two options."""
    if not force:
        yield from _listed(
            pods, is_unmanaged, "cannot delete Pods that declare no controller (use --force to override)"
        )
    if not delete_emptydir_data:
        yield from _listed(
            pods,
            has_local_storage,
            "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
        )


def scale_down_problems(pods: Sequence[Manifest]) -> Iterator[str]:
    """Yield why the autoscaler keeps a node, although nothing else needs it."""

    def keeps(pod: Manifest) -> bool:
        told = (pod["metadata"].get("annotations") or {}).get(SAFE_TO_EVICT)
        return told != "true" and (told == "false" or is_unmanaged(pod) or has_local_storage(pod))

    yield from _listed(pods, keeps, "the node has pods that may not be moved")


def is_unmanaged(pod: Manifest) -> bool:
    """Return whether no controller would make the pod again."""
    return not pod["metadata"].get("ownerReferences")


def has_local_storage(pod: Manifest) -> bool:
    """Return whether the pod loses data with its node."""
    return any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ())


def _listed(pods: Sequence[Manifest], applies: Callable[[Manifest], bool], problem: str) -> Iterator[str]:
    names = [f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" for pod in pods if applies(pod)]
    if names:
        yield f"{problem}: {', '.join(names)}"
