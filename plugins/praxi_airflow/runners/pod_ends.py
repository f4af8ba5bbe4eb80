"""What a pod's own status says of why it did not start, or did not end by itself."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from praxi_airflow.runners.api_refusals import VARIABLE
from praxi_tasks.errors import ExitCode

if TYPE_CHECKING:
    from kubernetes.client import V1Pod

_DISRUPTIONS: Final = {
    "EvictionByEvictionAPI": "its node was drained",
    "PreemptionByScheduler": "a pod of higher priority took its place",
    "DeletionByTaintManager": "its node was tainted, or does not answer",
    "DeletionByPodGC": "its node is gone",
    "TerminationByKubelet": "its node shut down, or ran short",
}
# What an event of a pod that is gone says, where its conditions are gone with it.
_GONE: Final = {
    "Preempted": "a pod of higher priority took its place",
    "TaintManagerEviction": "its node was tainted, or does not answer",
    "Evicted": "its node ran short",
}
_NEVER_RAN: Final = ("StartError", "ContainerCannotRun")
_ASKED: Final = (ExitCode.TEMPFAIL, 128 + signal.SIGTERM, 128 + signal.SIGKILL)
"""The exit codes of a container that was asked to end, and of one that did not heed it."""


def explain_end(pod: V1Pod | None) -> str:
    """Return what ended a pod from outside, with the setting that helps; empty if nothing did."""
    status = pod.status if pod is not None else None
    if status is None:
        return ""
    if status.reason == "DeadlineExceeded":
        return f"the pod lived longer than its deadline; raise {VARIABLE}DEADLINE"
    for condition in status.conditions or ():
        if condition.type == "DisruptionTarget" and condition.status == "True":
            why = _DISRUPTIONS.get(
                condition.reason or "", condition.message or condition.reason or "no reason given"
            )
            return f"the pod was ended by the cluster: {why}; the next try goes on where it was"
    if status.reason == "Evicted":
        return f"the pod was evicted: {status.message or 'no reason given'}; see {VARIABLE}RESOURCES"
    if status.phase == "Failed" and status.reason:  # no room after all, shut down in good order, …
        return f"its node ended the pod: {status.message or status.reason}; the next try goes on where it was"
    if pod is not None and pod.metadata.deletion_timestamp is not None and not _ended_by_itself(pod):
        return explain_gone(())
    return ""


def explain_no_start(pod: V1Pod | None) -> str:
    """Return why a pod's container was made and never ran its command; empty if it did."""
    statuses = (pod.status.container_statuses if pod is not None and pod.status else None) or ()
    for end in (each.state.terminated for each in statuses if each.state):
        if end is not None and end.reason in _NEVER_RAN:
            return f"the image can't run the command: {end.message or end.reason}"
    return ""


def explain_gone(reasons: Iterable[str]) -> str:
    """Return what became of a pod that is there no more, or is about to be deleted.

    Parameters
    ----------
    reasons
        Of the pod's events, which are kept for an hour.
    """
    for reason in reasons:
        if reason in _GONE:
            return f"the pod was ended by the cluster: {_GONE[reason]}; the next try goes on where it was"
    return (
        "the pod was deleted before it had ended: its node was drained or is lost, or somebody deleted it; "
        "the next try goes on where it was"
    )


def explain_memory(command: str, limit: int, more: int | None) -> str:
    """Return what to do about a command whose pod ran out of memory.

    Parameters
    ----------
    limit, more
        In bytes: at what the pod was killed, and what the next try's may have; None where it has no more.
    """
    said = f"praxi {command} ran out of memory at the limit of {limit >> 20} Mi"
    if more is None:
        return f"{said}; {VARIABLE}RESOURCES sets it"
    advice = f"the next try gets {more >> 20} Mi" if more > limit else f"raise {VARIABLE}MEMORY_MOST"
    return f"{said}: {advice}; {VARIABLE}RESOURCES sets where it starts"


def _ended_by_itself(pod: V1Pod) -> bool:
    """Return whether a container ended otherwise than those do that are asked to."""
    ends = [each.state.terminated for each in pod.status.container_statuses or () if each.state]
    return any(end is not None and end.exit_code not in _ASKED for end in ends)


def explain_wait(pod: V1Pod | None, seconds: float, warned: Callable[[], str] = str) -> str:
    """Return what a pod that did not start in so many seconds waits for; empty if it does not say.

    Parameters
    ----------
    warned
        Says what the cluster warned of last: a container that is not made yet knows no reason.
    """
    status = pod.status if pod is not None else None
    if status is None or status.phase != "Pending":
        return ""
    waited = f"the pod did not start within {seconds:.0f} s ({VARIABLE}STARTUP_TIMEOUT)"
    for condition in status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            why = condition.message or condition.reason or "no reason given"
            return (
                f"{waited}: no node takes it: {why}; check {VARIABLE}NODE_SELECTOR, {VARIABLE}TOLERATIONS, "
                f"{VARIABLE}AFFINITY and {VARIABLE}RESOURCES"
            )
    for container in status.container_statuses or ():
        waiting = container.state.waiting if container.state else None
        if waiting is not None and waiting.reason:
            said = "" if _hides_cause(waiting.message) else waiting.message
            cause = said or warned() or waiting.message or "no reason given"
            why = f"{waiting.reason}: {cause}"
            return f"{waited}: {why}; {_advice(waiting.reason)}"
    return waited


def _hides_cause(message: str | None) -> bool:
    """Return whether a node that waits before it pulls again does not say why, as older ones do not."""
    return (message or "").startswith("Back-off pulling image") and "ErrImagePull" not in (message or "")


def _advice(reason: str) -> str:
    if "Image" in reason:
        return f"check {VARIABLE}IMAGE, {VARIABLE}PULL_SECRETS and that nodes reach its registry"
    return "see the events of the pod above"
