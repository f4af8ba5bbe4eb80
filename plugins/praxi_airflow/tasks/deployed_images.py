"""The audit's first task: write down which images were deployed, and what is known of that list."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from praxi_airflow.errors import airflow_failures
from praxi_airflow.hooks import PrometheusHook, connected_store
from praxi_airflow.intervals import audit_interval
from praxi_airflow.run_key import run_key
from praxi_airflow.run_params import require_readable
from praxi_airflow.settings import Settings, load_settings
from praxi_airflow.sources import PrometheusImages
from praxi_tasks.audit import ImageList, named_images
from praxi_tasks.findings.scope import DOCUMENT, RunKind, Scope
from praxi_tasks.printable import printable
from praxi_tasks.store import documents, keys

logger = logging.getLogger(__name__)

_KINDS: Final[dict[str, RunKind]] = {"scheduled": "scheduled", "backfill": "backfill"}


def record_deployed_images(**context: Any) -> dict[str, Any]:
    """Write ``images.json`` and ``scope.json`` of the run.

    The images are those its parameters name, or those Prometheus knows.

    Returns
    -------
    dict
        The run's key in the store, how many images there are, and the interval they ran in.

    Raises
    ------
    AirflowFailException
        If a setting, the connection or the query can't be right.
    RetryableTaskError
        If Prometheus or the store is down, or an answer is not whole and another try may be.
    """
    with airflow_failures():
        settings, run = load_settings(), run_key(str(context["run_id"]))
        require_readable(context["params"], settings)
        found = _images(settings, context)
        scope = _scope(context, found)
        store = connected_store(settings)
        documents.write(store, keys.run(run, DOCUMENT), scope)
        documents.write(store, keys.run(run, "images.json"), found.images)
    _log(found, scope)
    return {"run": run, "images": len(found.images), "interval": str(audit_interval(context))}


def _images(settings: Settings, context: Mapping[str, Any]) -> ImageList:
    params = context["params"]
    if params["images"]:
        return ImageList(named_images(params["images"]))
    hook = PrometheusHook(settings.prometheus_connection, accept_partial=_is_last_try(context))
    source = PrometheusImages(hook, params["namespaces"] or "", params["platform"] or settings.platform)
    return source.listed(audit_interval(context))


def _scope(context: Mapping[str, Any], found: ImageList) -> Scope:
    params = context["params"]
    return Scope(
        kind=_kind(context["dag_run"]),
        named=bool(params["images"]),
        namespaces=params["namespaces"] or "",
        gaps=found.gaps,
        remarks=found.remarks,
        clusters=found.clusters,
        expected=found.expected,
    )


def _kind(run: object) -> RunKind:
    """Return how a run came about; Airflow's own type of it is an enumeration whose text is not its value."""
    found = getattr(run, "run_type", "manual")
    return _KINDS.get(found.value if isinstance(found, Enum) else found, "manual")


def _is_last_try(context: Mapping[str, Any]) -> bool:
    instance = context.get("ti")
    return instance is not None and instance.try_number > instance.max_tries


def _log(found: ImageList, scope: Scope) -> None:
    for problem in scope.problems:
        logger.warning("the list of images may not be whole: %s", printable(problem))
    for image in found.images:
        for warning in image.warnings:
            logger.warning("%s: %s", printable(image.image), printable(warning))
