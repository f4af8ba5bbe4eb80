"""Pods that run untrusted code: they get no credential, and their log is read once, up to a limit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.runners.log_relay import LogRelay
from praxi_airflow.runners.manifest import CONTAINER
from praxi_airflow.settings import PodSettings, Settings

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback
    from kubernetes.client import CoreV1Api, V1Pod

MOST_LOG: Final = 8 << 20
"""How many bytes of such a pod's log are read."""

_MOST_TOLD: Final = 200
_SPARE: Final = 300  # seconds of a pod's life besides the build: its start, the download, the listing


def isolated_settings(settings: Settings) -> PodSettings:
    """Return how pods look that run untrusted code.

    They have no Secret, a service account of their own, and nothing of the template, which may hold anything.
    Pull secrets stay: the node uses them, the pod does not see them.
    """
    pods = settings.pods
    return dataclasses.replace(
        pods,
        environment_secrets=(),
        registry_secret="",
        template_file="",
        service_account=pods.build_service_account,
        deadline=min(pods.deadline, settings.learning.learn_build_seconds + _SPARE),
    )


def log_reader(listen: Callable[[str], bool]) -> type[KubernetesPodOperatorCallback]:
    """Return a callback for Airflow's operator that hands over what the pod printed, once it has ended.

    Such a pod's log is not followed: what untrusted code prints must not fill the task's log.
    """
    from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback

    class LogReader(KubernetesPodOperatorCallback):
        @staticmethod
        def on_pod_completion(*, pod: V1Pod | None, client: CoreV1Api, **_: Any) -> None:
            others = [line for line in _log(pod, client) if not listen(line)] if pod is not None else []
            relay = LogRelay()
            for line in others[:_MOST_TOLD]:
                relay.write(line)

    return LogReader


def _log(pod: V1Pod, client: CoreV1Api) -> list[str]:
    answer = client.read_namespaced_pod_log(
        pod.metadata.name,
        pod.metadata.namespace,
        container=CONTAINER,
        limit_bytes=MOST_LOG,
        _preload_content=False,
    )
    text: str = answer.data.decode(errors="replace")
    return text.splitlines()
