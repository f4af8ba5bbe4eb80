"""Airflow's operator for pods, which sees how a pod was last, logs lines once, and starts one pod only."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NoReturn

# Importing these costs seconds, so this module is imported only where a pod is about to run.
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator  # noqa: TID253
from airflow.providers.cncf.kubernetes.utils.container import (  # noqa: TID253
    container_is_completed,
    container_is_running,
)
from airflow.providers.cncf.kubernetes.utils.pod_manager import (  # noqa: TID253
    PodLoggingStatus,
    PodManager,
    PodPhase,
)
from kubernetes.client.exceptions import ApiException  # noqa: TID253
from urllib3.exceptions import HTTPError

from praxi_airflow.runners.leftovers import DAG_ANNOTATION, RUN_ANNOTATION, clear_the_way
from praxi_airflow.runners.patient_trigger import LONGEST_HOLD, PatientPodTrigger
from praxi_airflow.runners.pod_log import PodLog

if TYPE_CHECKING:
    from kubernetes.client import V1Pod
    from urllib3 import BaseHTTPResponse

_PAUSE: Final = 1.0
_PATIENCE: Final = (30, 300)  # seconds for a connection, and for the next lines of a log


class ObservedPodOperator(KubernetesPodOperator):
    """Airflow's operator; before it starts a pod, pods of earlier tries are out of the way.

    Where a log can't be read to its end, or the pod is gone soon after its end, Airflow's own no longer
    knows how the pod ended.

    Parameters
    ----------
    defer_after
        For how many seconds a running pod is waited for before the task defers, if it does at all.

    Attributes
    ----------
    last_seen, followed
        The pod as it was read last, and its name.
    vanished
        Whether it was gone before it was deleted here.
    """

    last_seen: V1Pod | None = None
    followed = ""
    vanished = False

    def __init__(self, *, defer_after: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.defer_after = defer_after

    @cached_property
    def pod_manager(self) -> PodManager:
        """What talks about pods with the API server."""
        return ObservedPodManager(self.client, self.callbacks, self._see, self.pod_log)

    @cached_property
    def pod_log(self) -> PodLog:
        """What was read of the pod's log, whatever becomes of who reads it."""
        return PodLog()

    def build_pod_request_obj(self, context: Any = None, *, dry_run: bool = False) -> V1Pod:
        """Return the pod, which says of which Dag and run it is."""
        pod = super().build_pod_request_obj(context, dry_run=dry_run)
        if context is not None:
            told = {DAG_ANNOTATION: context["ti"].dag_id, RUN_ANNOTATION: str(context["run_id"])}
            pod.metadata.annotations = (pod.metadata.annotations or {}) | told
        return pod

    def get_or_create_pod(self, pod_request_obj: V1Pod, context: Any) -> V1Pod:
        """Return the one pod of an earlier try that still runs, or a new one."""
        clear_the_way(self, pod_request_obj)
        pod = super().get_or_create_pod(pod_request_obj, context)
        self.followed = pod.metadata.name
        return pod

    def invoke_defer_method(self, last_log_time: Any = None, context: Any = None) -> None:
        """Defer, unless the pod ends soon."""
        if last_log_time is None:
            self.pod = self._watched(self.pod)
        super().invoke_defer_method(last_log_time, context)

    def defer(
        self, *, trigger: Any, method_name: str, kwargs: dict[str, Any] | None = None, timeout: Any = None
    ) -> NoReturn:
        """Defer to a trigger that does not answer at once."""
        patient = PatientPodTrigger.of(trigger, min(self.defer_after, LONGEST_HOLD))
        super().defer(trigger=patient, method_name=method_name, kwargs=kwargs, timeout=timeout)

    def trigger_reentry(self, context: Any, event: dict[str, Any]) -> Any:
        """Go on after a deferral."""
        self.followed = event["name"]
        return super().trigger_reentry(context, event)

    def process_pod_deletion(self, pod: V1Pod, *, reraise: bool = True) -> Any:
        """Delete the pod, and keep how it was."""
        try:
            self.pod_manager.read_pod(pod)
        except (ApiException, HTTPError) as error:
            self.log.info("how the pod %s ended can't be read any more", pod.metadata.name)
            is_missing = isinstance(error, ApiException) and error.status == HTTPStatus.NOT_FOUND
            self.vanished = is_missing and pod.metadata.name == self.followed
        return super().process_pod_deletion(pod, reraise=reraise)

    def _write_logs(self, pod: V1Pod, **_: Any) -> None:  # type: ignore[override]  # that one is a retrying object
        self.pod_manager.fetch_container_logs(pod, self.base_container_name)

    def _see(self, pod: V1Pod) -> None:
        self.last_seen = pod

    def _watched(self, pod: V1Pod) -> V1Pod:
        """Wait while the pod runs, but not for longer than is worth a worker's slot."""
        deadline = time.monotonic() + self.defer_after
        found = self.pod_manager.read_pod(pod)
        while found.status.phase == "Running" and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            found = self.pod_manager.read_pod(pod)
        return found


class ObservedPodManager(PodManager):
    """Airflow's own, which tells of each pod that it read, and is not mistaken where an answer was lost.

    It reads a container's log by :class:`PodLog`.
    """

    def __init__(self, client: Any, callbacks: Any, see: Callable[[V1Pod], None], log: PodLog) -> None:
        super().__init__(kube_client=client, callbacks=callbacks)
        self._see = see
        self._pod_log = log

    def fetch_container_logs(self, pod: V1Pod, container_name: str, **_: Any) -> PodLoggingStatus:
        """Log the container's lines to the last."""

        def read(follow: bool, seconds: int | None) -> BaseHTTPResponse:
            response: BaseHTTPResponse = self.read_pod_logs(
                pod,
                container_name,
                timestamps=True,
                since_seconds=seconds,
                follow=follow,
                _request_timeout=_PATIENCE,
            ).response
            return response

        self._pod_log.follow(read, lambda: self.container_is_running(pod, container_name))
        return PodLoggingStatus(running=False, last_log_time=None)

    def container_is_running(self, pod: V1Pod, container_name: str) -> bool:
        """Return whether a container runs: none does of a pod that has ended, whatever its node said last."""
        found = self.read_pod(pod)
        return not _has_ended(found) and container_is_running(found, container_name)

    def await_container_completion(self, pod: V1Pod, container_name: str, polling_time: float = 1) -> None:
        """Wait until a container has ended."""
        found = self.read_pod(pod)
        while not _has_ended(found) and not container_is_completed(found, container_name):
            time.sleep(polling_time)
            found = self.read_pod(pod)

    def read_pod(self, pod: V1Pod) -> V1Pod:
        """Return the pod as it is now."""
        found = super().read_pod(pod)
        self._see(found)
        return found

    def run_pod_async(self, pod: V1Pod, **arguments: Any) -> V1Pod:
        """Create a pod."""
        try:
            return super().run_pod_async(pod, **arguments)
        except ApiException as error:
            # Names are made up for each pod: it was created, and the answer to that was lost.
            if error.status == HTTPStatus.CONFLICT and "AlreadyExists" in str(error.body):
                return self.read_pod(pod)
            raise


def _has_ended(pod: V1Pod) -> bool:
    """Return whether a pod has ended.

    A node that ends a pod after its deadline, or dies, may never tell how the containers ended: in the pod's
    status they run for ever.
    """
    return pod.status is not None and pod.status.phase in PodPhase.terminal_states
