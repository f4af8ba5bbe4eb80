"""The audit's first task: write down which images were deployed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from praxi_airflow.errors import airflow_failures
from praxi_airflow.hooks.prometheus import PrometheusHook
from praxi_airflow.intervals import audit_interval
from praxi_airflow.run_key import run_key
from praxi_airflow.settings.core import Settings, load_settings
from praxi_airflow.sources.prometheus import PrometheusImages
from praxi_tasks.audit.deployed import DeployedImage, by_hand
from praxi_tasks.store import documents, keys, open_store

logger = logging.getLogger(__name__)


def record_deployed_images(**context: Any) -> dict[str, Any]:
    """Write ``images.json`` of the run: the images its parameters name, or those Prometheus knows.

    Returns
    -------
    dict
        The run's key in the store, how many images there are, and the interval they ran in.

    Raises
    ------
    AirflowFailException
        If a setting, the connection or the query can't be right.
    RetryableTaskError
        If Prometheus or the store is down.
    """
    with airflow_failures():
        settings, run = load_settings(), run_key(str(context["run_id"]))
        images = _images(settings, context)
        documents.write(open_store(settings.store), keys.run(run, "images.json"), images)
    for image in images:
        for warning in image.warnings:
            logger.warning("%s: %s", image.image, warning)
    return {"run": run, "images": len(images), "interval": str(audit_interval(context))}


def _images(settings: Settings, context: Mapping[str, Any]) -> tuple[DeployedImage, ...]:
    params = context["params"]
    if params["images"]:
        return by_hand(params["images"])
    hook = PrometheusHook(settings.prometheus_connection)
    return PrometheusImages(hook, params["namespaces"] or "").deployed(audit_interval(context))
