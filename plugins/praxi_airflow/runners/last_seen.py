"""How a pod was when it was seen last, and what the cluster says of it when it is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
    from kubernetes.client import V1Pod

logger = logging.getLogger(__name__)


def last_seen(operator: KubernetesPodOperator) -> V1Pod | None:
    """Return the operator's pod as it was read last; None if there was none."""
    return getattr(operator, "last_seen", None) or operator.remote_pod or operator.pod


def event_reasons(operator: KubernetesPodOperator) -> list[str]:
    """Return the reasons of what happened to the operator's pod; none if nobody can tell any more."""
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
    return [str(event.reason) for event in found.items]
