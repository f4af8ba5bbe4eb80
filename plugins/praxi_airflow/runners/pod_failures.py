"""Why a pod did not run its command to the end, and what to do about it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from praxi_airflow.errors import RetryableTaskError, SettingsError
from praxi_airflow.runners.api_refusals import VARIABLE, Refusal, explain_refusal
from praxi_airflow.runners.last_seen import event_reasons, last_seen, last_warning
from praxi_airflow.runners.manifest import ISOLATED_NAME, NAME_LABEL
from praxi_airflow.runners.pod_ends import explain_end, explain_gone, explain_no_start, explain_wait
from praxi_airflow.runners.pod_start import diagnosis

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def explain_failure(error: Exception, pod: KubernetesPodOperator, patience: float = 0.0) -> Exception:
    """Return the exception to raise for a pod that ended without an exit code of its own.

    Parameters
    ----------
    patience
        How many seconds the pod was given to start.

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
    last = last_seen(pod)
    if said := explain_no_start(last):
        return SettingsError(said, action=f"check {VARIABLE}IMAGE")
    if said := explain_end(last):  # whatever the cluster refused after that
        return RetryableTaskError(said)
    if is_gone(error, pod):
        return RetryableTaskError(explain_gone(event_reasons(pod)))
    if isinstance(error, ConfigException):
        return SettingsError(
            f"there is no cluster to talk to: {error}",
            action=f"check {VARIABLE}CONNECTION and docs/kubernetes.md",
        )
    if isinstance(error, ApiException):
        return _refused(error, pod)
    if isinstance(error, (HTTPError, OSError)):
        advice = f"if it stays so, check {VARIABLE}CONNECTION and the kubeconfig"
        return RetryableTaskError(f"the cluster can't be reached: {error}; {advice}")
    waited = explain_wait(last, patience, partial(last_warning, pod))
    return RetryableTaskError(waited or f"the pod was lost, evicted or not started: {error}")


def _refused(error: Any, pod: KubernetesPodOperator) -> Exception:
    """Return what a refusal means; that of a log which is not there (yet, or no longer) may pass."""
    if error.status == HTTPStatus.BAD_REQUEST and last_seen(pod) is not None:
        return RetryableTaskError(f"the cluster answered 400: {Refusal.of(error).message}")
    is_build = pod.labels.get(NAME_LABEL) == ISOLATED_NAME
    return explain_refusal(error, str(pod.namespace), "BUILD_" if is_build else "")


def is_gone(error: Exception, operator: KubernetesPodOperator) -> bool:
    """Return whether there is no such pod, or was none any more when it was cleaned up after an error."""
    vanished: bool = getattr(operator, "vanished", False)
    return vanished or _is_missing(error) or _is_missing(error.__context__)


def _is_missing(error: BaseException | None) -> bool:
    from airflow.providers.cncf.kubernetes.utils.pod_manager import PodNotFoundException
    from kubernetes.client.exceptions import ApiException

    if isinstance(error, ApiException):
        return bool(error.status == HTTPStatus.NOT_FOUND) and Refusal.of(error).kind != "namespaces"
    return isinstance(error, PodNotFoundException)
