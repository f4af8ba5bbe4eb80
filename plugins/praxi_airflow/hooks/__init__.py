"""Hooks on Airflow connections: Prometheus, the webhook, and the store in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_airflow.hooks.prometheus import PrometheusHook, Series
    from praxi_airflow.hooks.prometheus_connection import CLUSTER_LABEL
    from praxi_airflow.hooks.store import connected_store, store_variables
    from praxi_airflow.hooks.webhook import WebhookHook
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "prometheus": ("PrometheusHook", "Series"),
            "prometheus_connection": ("CLUSTER_LABEL",),
            "store": ("connected_store", "store_variables"),
            "webhook": ("WebhookHook",),
        },
    )

__all__ = [
    "CLUSTER_LABEL",
    "PrometheusHook",
    "Series",
    "WebhookHook",
    "connected_store",
    "store_variables",
]
