"""Notices early that a pod can never start, where Kubernetes would wait for ever."""

from __future__ import annotations

import re
import time
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.errors import SettingsError

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import CoreV1EventList, V1Pod

PATIENCE: Final = 40.0
_PAUSES: Final = (0.25, 0.5, 1.0)  # seconds between two looks; the last is repeated
_CONFIG: Final = ("CreateContainerConfigError", "CreateContainerError")
_PULL: Final = ("ErrImagePull", "ImagePullBackOff")
_NO_PULL: Final = ("InvalidImageName", "ErrImageNeverPull")
# How runtimes say that a pull will fail again. What is quoted are names, in which any of these words may be;
# and every failure whose kind a runtime does not know has the words "code = Unknown".
_QUOTED: Final = re.compile(r'"[^"]*"')
_FINAL: Final = re.compile(
    "manifest unknown|name unknown|not found|unauthorized|authorization failed|access denied|is denied|"
    "403 forbidden|invalid reference|x509: "
)
_MISSING: Final = ("POD_ENVIRONMENT_SECRETS", "POD_REGISTRY_SECRET", "POD_CA_CONFIG_MAP")
_FOUND: Final = "_praxi_problem"


class PodCannotStartError(Exception):
    """A pod that will not start; the operator's runner says why."""


def start_check() -> type[KubernetesPodOperatorCallback]:
    """Return a callback for Airflow's operator that looks at a new pod until it starts, or can't.

    It stops looking after forty seconds: then nothing final is known, and the operator's own timeouts hold,
    for what is left of them.
    """
    from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback

    class StartCheck(KubernetesPodOperatorCallback):
        @staticmethod
        def on_pod_creation(*, pod: V1Pod, operator: Any, **_: Any) -> None:
            begin, whole = time.monotonic(), operator.startup_timeout_seconds
            deadline, pauses = begin + min(PATIENCE, whole), chain(_PAUSES, repeat(_PAUSES[-1]))
            while pod is not None and time.monotonic() < deadline:
                now = operator.pod_manager.read_pod(pod)  # rides out the API server's bad minutes
                if now.status.phase != "Pending":
                    return
                problem = _waiting_problem(now) or _event_problem(operator.pod_manager.read_pod_events(pod))
                if problem is not None:
                    setattr(operator, _FOUND, problem)
                    raise PodCannotStartError(str(problem))
                time.sleep(next(pauses))
            left = max(1, round(whole - (time.monotonic() - begin)))
            operator.startup_timeout_seconds = operator.schedule_timeout_seconds = left

    return StartCheck


def diagnosis(operator: KubernetesPodOperator) -> SettingsError | None:
    """Return why the operator's pod could not start, if its callback found out."""
    found = getattr(operator, _FOUND, None)
    return found if isinstance(found, SettingsError) else None


def _waiting_problem(pod: V1Pod) -> SettingsError | None:
    for status in pod.status.container_statuses or ():
        waiting = status.state.waiting if status.state else None
        if waiting is not None and waiting.reason in _CONFIG:
            return _problem(waiting.reason, waiting.message, _MISSING)
        if waiting is not None and _is_final(waiting.reason, waiting.message):
            return _problem(waiting.reason, waiting.message, ("POD_IMAGE", "POD_PULL_SECRETS"))
    return None


def _event_problem(events: CoreV1EventList) -> SettingsError | None:
    for event in events.items:
        if event.reason == "FailedMount" and "not found" in (event.message or ""):
            return _problem(event.reason, event.message, _MISSING)
    return None


def _is_final(reason: str | None, message: str | None) -> bool:
    """Return whether a failed pull will fail again; anything else may be the registry's bad minute."""
    said = _QUOTED.sub("", message or "").lower()
    return reason in _NO_PULL or (reason in _PULL and _FINAL.search(said) is not None)


def _problem(reason: str, message: str | None, settings: tuple[str, ...]) -> SettingsError:
    reason_given = message or "no reason given"
    if settings is _MISSING:
        missing_map = "configmap" in reason_given.lower()
        settings = tuple(name for name in settings if name.endswith("CONFIG_MAP") == missing_map)
    names = " or ".join(f"AIRFLOW__PRAXI__{name}" for name in settings)
    return SettingsError(f"the pod can't start: {reason}: {reason_given}", action=f"check {names}")
