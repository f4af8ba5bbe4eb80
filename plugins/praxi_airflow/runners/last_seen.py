"""How a pod was when it was seen last, and what the cluster says of it when it is gone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import CoreV1Event, V1Pod

logger = logging.getLogger(__name__)


def last_seen(operator: KubernetesPodOperator) -> V1Pod | None:
    """Return the operator's pod as it was read last; None if there was none."""
    return getattr(operator, "last_seen", None) or operator.remote_pod or operator.pod


def event_reasons(operator: KubernetesPodOperator) -> list[str]:
    """Return the reasons of what happened to the operator's pod; none if nobody can tell any more."""
    return [str(event.reason) for event in _events(operator)]


def last_warning(operator: KubernetesPodOperator) -> str:
    """Return what the cluster warned of last about the operator's pod; empty if of nothing."""
    warnings = [event for event in _events(operator) if event.type == "Warning" and _says_why(event)]
    newest = max(warnings, key=_moment, default=None)
    return f"{newest.reason}: {newest.message}" if newest is not None else ""


def _says_why(event: CoreV1Event) -> bool:
    """Return whether an event says more than the state that its container is in."""
    return bool(event.message) and event.message not in ("Error: ErrImagePull", "Error: ImagePullBackOff")


def _events(operator: KubernetesPodOperator) -> list[CoreV1Event]:
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    name = getattr(operator, "followed", "")
    if not name:
        return []
    try:
        found = operator.client.list_namespaced_event(
            operator.namespace, field_selector=f"involvedObject.name={name}"
        )
    except (ApiException, HTTPError) as error:
        logger.info("the events of the pod %s can't be read: %s", name, error)
        return []
    return list(found.items)


def _moment(event: CoreV1Event) -> datetime:
    """Return when an event was seen last; which of its times it has depends on who tells of it."""
    moment = event.last_timestamp or event.event_time or event.metadata.creation_timestamp
    return moment if isinstance(moment, datetime) else datetime.min.replace(tzinfo=UTC)
