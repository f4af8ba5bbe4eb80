"""Why a pod did not run its command to the end, and what to do about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from praxi_airflow.errors import RetryableTaskError, SettingsError
from praxi_airflow.runners.manifest import ISOLATED_NAME, NAME_LABEL
from praxi_airflow.runners.pod_start import diagnosis

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

_VARIABLE: Final = "AIRFLOW__PRAXI__POD_"
# What the API server says of a request that will never be accepted -> the setting to change.
_REFUSALS: Final = (
    ("exceeded quota", ""),
    ("failed quota", "RESOURCES"),
    ("per container is", "RESOURCES"),  # a LimitRange
    ("priorityclass", "TEMPLATE_FILE"),
    ("runtimeclass", "BUILD_RUNTIME_CLASS"),
    ("podsecurity", "TEMPLATE_FILE"),  # before the rest: the rules it names speak of namespaces too
    ("service account", "SERVICE_ACCOUNT"),
    ("serviceaccount", "SERVICE_ACCOUNT"),
    ("namespaces", "NAMESPACE"),
    ("namespace", "NAMESPACE"),
)


def explain_failure(error: Exception, pod: KubernetesPodOperator) -> Exception:
    """Return the exception to raise for a pod that ended without an exit code.

    Returns
    -------
    Exception
        A :class:`SettingsError` that names a setting if no retry can help, else a
        :class:`RetryableTaskError`.
    """
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError

    problem = diagnosis(pod)
    if problem is not None:
        pod.process_pod_deletion(pod.pod, reraise=False)
        return problem
    if isinstance(error, ConfigException):
        return _setting("there is no cluster to talk to", str(error), "CONNECTION")
    if isinstance(error, ApiException) and error.status in {400, 401, 403, 404, 422}:
        return _refused(error, "BUILD_" if pod.labels.get(NAME_LABEL) == ISOLATED_NAME else "")
    if isinstance(error, (HTTPError, OSError)):
        advice = f"if it stays so, check {_VARIABLE}CONNECTION and the kubeconfig"
        return RetryableTaskError(f"the cluster can't be reached: {error}; {advice}")
    return RetryableTaskError(f"the pod was lost, evicted or not started: {error}")


def _refused(error: Any, account: str) -> Exception:
    """Return what a refusal means; ``account`` is how the setting of the pod's service account begins."""
    message = _message(error)
    if error.status == 401:
        return _setting("the cluster refused the credentials", message, "CONNECTION")
    if error.status == 404 and "namespaces" not in message:
        return RetryableTaskError(f"the pod is gone: {message}")
    for sign, setting in _REFUSALS:
        if sign in message.lower():
            if not setting:
                return RetryableTaskError(f"the namespace has no room for the pod: {message}")
            known = f"{account}{setting}" if setting == "SERVICE_ACCOUNT" else setting
            return _setting("the cluster refused the pod", message, known)
    return _setting("the cluster refused the pod", message, "*")


def _setting(what: str, message: str, setting: str) -> SettingsError:
    return SettingsError(f"{what}: {message}", action=f"check {_VARIABLE}{setting} and docs/kubernetes.md")


def _message(error: Any) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (TypeError, ValueError, LookupError):
        return str(error.reason or error)
