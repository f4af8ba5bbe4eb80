"""Notes how each pod of an audit fared, for the metrics of the run."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from praxi_airflow.hooks import connected_store
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.last_seen import last_seen
from praxi_airflow.runners.manifest import CONTAINER
from praxi_airflow.runners.pod_ends import explain_end
from praxi_airflow.runners.pod_failures import is_gone
from praxi_airflow.settings import Settings
from praxi_tasks.audit import PodEnd, PodRecord, note_pod
from praxi_tasks.errors import PraxiError

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import V1ContainerState, V1Pod

logger = logging.getLogger(__name__)


def record_pod(
    settings: Settings,
    command: Command,
    context: Mapping[str, Any],
    operator: KubernetesPodOperator,
    error: Exception | None = None,
) -> None:
    """Note how the operator's pod ended; that it can't be noted costs the task nothing.

    Pods of trainings and builds are not noted: what an audit publishes is about its own.

    Parameters
    ----------
    error
        What Airflow's operator raised; None if the command did its work.
    """
    if command.isolated or command.arguments[0] == "learn":
        return
    pod, instance = last_seen(operator), context["ti"]
    end = PodEnd.DONE if error is None else end_of(pod, is_gone=is_gone(error, operator))
    record = PodRecord(command.arguments[0], end, start_seconds(pod))
    attempt = f"{instance.task_id}-{instance.map_index}-{instance.try_number}"
    try:
        note_pod(connected_store(settings), command.run, attempt, record)
    except PraxiError as problem:
        logger.warning("how the pod fared is not noted, and lacks in the metrics: %s", problem)


def end_of(pod: V1Pod | None, *, is_gone: bool = False) -> PodEnd:
    """Return how a pod ended that did not do its work.

    Parameters
    ----------
    pod
        As it was seen last.
    is_gone
        Whether the cluster no longer has it.
    """
    state = _state(pod)
    if state is not None and state.terminated is not None:
        if state.terminated.reason == "OOMKilled":
            return PodEnd.OUT_OF_MEMORY
        return PodEnd.LOST if explain_end(pod) else PodEnd.FAILED
    pending = pod is None or pod.status is None or pod.status.phase in {None, "Pending"}
    return PodEnd.NOT_STARTED if pending and not is_gone else PodEnd.LOST


def start_seconds(pod: V1Pod | None) -> float | None:
    """Return the seconds from a pod's creation to the start of its container; None if it did not start."""
    state = _state(pod)
    begun = (state.terminated or state.running) if state is not None else None
    if pod is None or begun is None or not begun.started_at or not pod.metadata.creation_timestamp:
        return None
    waited: float = (begun.started_at - pod.metadata.creation_timestamp).total_seconds()
    return max(0.0, waited)


def _state(pod: V1Pod | None) -> V1ContainerState | None:
    statuses = (pod.status.container_statuses if pod is not None and pod.status else None) or ()
    return next((each.state for each in statuses if each.name == CONTAINER), None)
