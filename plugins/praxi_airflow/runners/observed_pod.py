"""Airflow's operator for pods, which also keeps how a pod was when deleted, and logs each line once."""

from __future__ import annotations

import contextlib
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.runners.pod_log import PodLog

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import V1Pod
    from urllib3 import BaseHTTPResponse

_PATIENCE: Final = (30, 300)  # seconds for a connection, and for the next lines of a log


@cache
def observed_operator() -> type[KubernetesPodOperator]:
    """Return the operator's class, whose ``last_seen`` is the pod as it was read last.

    Where a log can't be read to its end, Airflow's own gives up before it reads how the pod ended.
    """
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from airflow.providers.cncf.kubernetes.utils.pod_manager import PodLoggingStatus, PodManager
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    class OncePodManager(PodManager):
        """Reads a container's log by :class:`PodLog`; an operator has one log, whatever becomes of this."""

        pod_log: PodLog

        def fetch_container_logs(self, pod: V1Pod, container_name: str, **_: Any) -> PodLoggingStatus:
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

            self.pod_log.follow(read, lambda: self.container_is_running(pod, container_name))
            return PodLoggingStatus(running=False, last_log_time=None)

    class ObservedPodOperator(KubernetesPodOperator):
        last_seen: V1Pod | None = None

        @cached_property
        def pod_log(self) -> PodLog:
            return PodLog()

        @cached_property
        def pod_manager(self) -> PodManager:
            manager = OncePodManager(kube_client=self.client, callbacks=self.callbacks)
            manager.pod_log = self.pod_log
            return manager

        def _write_logs(self, pod: V1Pod, **_: Any) -> None:  # type: ignore[override]  # that one is a retrying object
            self.pod_manager.fetch_container_logs(pod, self.base_container_name)

        def process_pod_deletion(self, pod: V1Pod, *, reraise: bool = True) -> Any:
            with contextlib.suppress(ApiException, HTTPError):  # gone already, or nobody answers
                self.last_seen = self.pod_manager.read_pod(pod)
            return super().process_pod_deletion(pod, reraise=reraise)

    return ObservedPodOperator
