"""The checks of what Airflow's own side uses: the store, Prometheus, and rights in Kubernetes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from praxi_airflow.errors import ClusterError, ClusterUnavailableError, RetryableTaskError, airflow_failures
from praxi_airflow.hooks import PrometheusHook, connected_store
from praxi_airflow.settings import Settings, load_settings
from praxi_tasks.doctor import Outcome, Right, attempt, check_rights, check_series, ending, skipped
from praxi_tasks.errors import ExitCode
from praxi_tasks.printable import printable
from praxi_tasks.store import try_everything

logger = logging.getLogger(__name__)

_LATER: Final = "what is in the way may pass by itself; see the table above"
_LEVELS: Final = {"ok": logging.INFO, "skipped": logging.INFO, "warning": logging.WARNING}


def examine_airflow() -> list[dict[str, str]]:
    """Try what Airflow's side of an audit stands on, and log a line for each.

    Returns
    -------
    list
        What was found, as ``praxi doctor --format json`` gives it.

    Raises
    ------
    AirflowFailException
        If something is in the way that will not pass by itself.
    RetryableTaskError
        If it may.
    """
    from airflow.sdk.exceptions import AirflowFailException

    with airflow_failures():
        settings = load_settings()
    outcomes = [*_examined(settings)]
    for found in outcomes:
        level = _LEVELS.get(found.status, logging.ERROR)
        advice = f"; {found.action}" if found.action else ""
        logger.log(level, "%s: %s: %s", found.name, found.status, printable(f"{found.what}{advice}"))
    failed = [found for found in outcomes if found.status == "failed"]
    if failed:
        raise AirflowFailException(
            printable("; ".join(f"{found.name}: {found.what}; {found.action}" for found in failed))
        )
    if ending(outcomes) == ExitCode.TEMPFAIL:
        raise RetryableTaskError(_LATER)
    return [{"name": found.name, "status": found.status, "what": found.what} for found in outcomes]


def _examined(settings: Settings) -> Iterator[Outcome]:
    def store() -> str:
        opened = connected_store(settings)
        try_everything(opened)
        return f"{opened.uri}: writes once, lists, reads what was written, deletes"

    yield attempt("store", store)
    yield from _prometheus(settings)
    if settings.runner == "pod":
        yield check_rights(_Reviewer(settings), settings.pods.namespace)
    else:
        yield skipped("kubernetes", "tasks run as processes", "set runner to pod to run them as pods")


def _prometheus(settings: Settings) -> Iterator[Outcome]:
    hook = PrometheusHook(settings.prometheus_connection)

    def ask(query: str) -> float:
        found = hook.query(query, datetime.now(UTC))
        return float(found[0]["value"][1]) if found else 0.0

    reached = attempt("prometheus", lambda: hook.endpoint.matchers)
    if reached.status == "ok":
        yield from check_series(ask, hook.endpoint.matchers)
    else:
        yield reached


class _Reviewer:
    """Asks the cluster of the settings for one right after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, right: Right) -> bool:
        from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
        from kubernetes.client import AuthorizationV1Api
        from kubernetes.client.exceptions import ApiException
        from kubernetes.config import ConfigException
        from urllib3.exceptions import HTTPError

        pods = self._settings.pods
        try:
            client = KubernetesHook(conn_id=pods.connection or None).api_client
            review = AuthorizationV1Api(client).create_self_subject_access_review(
                right.review(pods.namespace)
            )
        except ConfigException as error:
            action = "check AIRFLOW__PRAXI__POD_CONNECTION"
            raise ClusterError(f"there is no cluster to talk to: {error}", action=action) from error
        except ApiException as error:
            raise _refused(error.status, error.body) from error
        except (HTTPError, OSError) as error:
            raise ClusterUnavailableError(
                f"the cluster can't be reached: {error}", action="check AIRFLOW__PRAXI__POD_CONNECTION"
            ) from error
        return bool(review.status.allowed)


def _refused(status: int, body: str | bytes | None) -> ClusterError:
    try:
        message = str(json.loads(body or b"{}")["message"])
    except (ValueError, LookupError, TypeError):
        message = "no reason given"
    kind = ClusterUnavailableError if status in {429, *range(500, 600)} else ClusterError
    return kind(f"the cluster answered {status}: {message}", action="check AIRFLOW__PRAXI__POD_CONNECTION")
