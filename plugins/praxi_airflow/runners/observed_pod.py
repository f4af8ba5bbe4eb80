"""Airflow's operator for pods, which also keeps how a pod was when it was deleted."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import V1Pod


@cache
def observed_operator() -> type[KubernetesPodOperator]:
    """Return the operator's class, whose ``last_seen`` is the pod as it was read last.

    Where a log can't be read to its end, Airflow's own gives up before it reads how the pod ended.
    """
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    class ObservedPodOperator(KubernetesPodOperator):
        last_seen: V1Pod | None = None

        def process_pod_deletion(self, pod: V1Pod, *, reraise: bool = True) -> Any:
            with contextlib.suppress(ApiException, HTTPError):  # gone already, or nobody answers
                self.last_seen = self.pod_manager.read_pod(pod)
            return super().process_pod_deletion(pod, reraise=reraise)

    return ObservedPodOperator
