"""Pods that tries and runs have left behind: found by their labels, and deleted."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.settings import Settings

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import CoreV1Api, V1Pod

logger = logging.getLogger(__name__)

STORE_LABEL: Final = "praxi/store"
"""Tells apart the pods of two Airflows that share a namespace: their runs may have the same names."""
DAG_ANNOTATION: Final = "praxi/dag-id"
RUN_ANNOTATION: Final = "praxi/run-id"
_TASK_LABELS: Final = ("dag_id", "task_id", "run_id", "map_index", STORE_LABEL)
_LIVING: Final = ("Pending", "Running")
_PAUSE: Final = 1.0
_GRACE: Final = 30  # seconds that Kubernetes gives a pod to end, unless its specification says otherwise
_SPARE: Final = 30  # seconds for a node to tell that a pod has ended


def store_label(settings: Settings) -> str:
    """Return the value of ``STORE_LABEL`` for the store that the settings name."""
    return hashlib.sha256(settings.store.encode()).hexdigest()[:16]


def clear_the_way(operator: KubernetesPodOperator, wanted: V1Pod) -> None:
    """Delete what earlier tries of a task have left, but a pod that still runs: the task goes on with that.

    Airflow looks for a running pod only among those that no try has marked as done with, and gives up where
    there are several. A worker that dies, or an API server that answers nobody, between the mark and the
    deletion leaves a pod that nobody finds again, and that may still run.

    Parameters
    ----------
    operator
        Airflow's operator, which is about to look for the pod of an earlier try.
    wanted
        The pod that it starts if there is none.
    """
    labels = {name: value for name, value in wanted.metadata.labels.items() if name in _TASK_LABELS}
    pods = _Pods(operator.client, operator.pod_manager.delete_pod, wanted.metadata.namespace, labels)
    found, checked = pods.list(), operator.POD_CHECKED_KEY
    usable = [pod for pod in found if _goes_on(pod) and pod.metadata.labels.get(checked) != "True"]
    kept = max(usable, key=lambda pod: pod.metadata.creation_timestamp, default=None)
    others = [pod for pod in found if pod is not kept]
    for pod in others:
        logger.warning("an earlier try left the pod %s: deleting it", pod.metadata.name)
        operator.patch_already_checked(pod, reraise=False)  # should it stay, Airflow must not wait for it
    pods.delete(others)


def sweep(settings: Settings, is_over: Callable[[str, str], bool]) -> list[str]:
    """Delete the pods that ended runs have left, and return their names.

    Parameters
    ----------
    settings
        Where pods run, and which store they work on: others' pods are left alone.
    is_over
        Says of a Dag's run, by both ids, whether nothing of it runs any more.
    """
    from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
    from airflow.providers.cncf.kubernetes.utils.pod_manager import PodManager

    client = KubernetesHook(conn_id=settings.pods.connection or None).core_v1_client
    labels = {STORE_LABEL: store_label(settings)}
    pods = _Pods(client, PodManager(kube_client=client).delete_pod, settings.pods.namespace, labels)
    left = [pod for run, of_run in _by_run(pods.list()) if is_over(*run) for pod in of_run]
    for pod in left:
        logger.warning("the pod %s was left, %s: deleting it", pod.metadata.name, pod.status.phase)
    pods.delete(left)
    return [pod.metadata.name for pod in left]


class _Pods:
    """The pods with some labels; requests that fail for now are repeated as Airflow repeats its own."""

    def __init__(
        self, client: CoreV1Api, delete: Callable[[V1Pod], None], namespace: str, labels: Mapping[str, str]
    ) -> None:
        from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import generic_api_retry

        selector = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
        ask = partial(client.list_namespaced_pod, namespace=namespace, label_selector=selector)
        retried: Any = generic_api_retry
        self._ask: Callable[[], Any] = retried(ask)
        self._delete = delete

    def list(self) -> list[V1Pod]:
        """Return them all."""
        found: list[V1Pod] = self._ask().items
        return found

    def delete(self, pods: Sequence[V1Pod]) -> None:
        """Delete some, and wait until they are gone, for as long as they may take."""
        for pod in pods:
            if pod.metadata.deletion_timestamp is None:
                self._delete(pod)
        longest = max((pod.spec.termination_grace_period_seconds or _GRACE for pod in pods), default=0)
        deadline, left = time.monotonic() + longest + _SPARE, pods
        while left and time.monotonic() < deadline:
            there = {pod.metadata.uid for pod in self.list()}
            left = [pod for pod in left if pod.metadata.uid in there]
            time.sleep(_PAUSE if left else 0)
        for pod in left:  # what two pods write at once is the same, and written once
            logger.warning("the pod %s does not end: its node may not answer", pod.metadata.name)


def _goes_on(pod: V1Pod) -> bool:
    return pod.status.phase in _LIVING and pod.metadata.deletion_timestamp is None


def _by_run(pods: Iterable[V1Pod]) -> Iterator[tuple[tuple[str, str], list[V1Pod]]]:
    """Yield the ids of Dag and run with the run's pods; those that name no run are left out."""
    runs: dict[tuple[str, str], list[Any]] = {}
    for pod in pods:
        told = pod.metadata.annotations or {}
        if DAG_ANNOTATION in told and RUN_ANNOTATION in told:
            runs.setdefault((told[DAG_ANNOTATION], told[RUN_ANNOTATION]), []).append(pod)
    yield from runs.items()
