"""Where images are told of: Prometheus for what is deployed, a message queue for what is pushed."""

from __future__ import annotations

from praxi_airflow.sources.prometheus import PrometheusImages
from praxi_airflow.sources.queues import watched_pushes

__all__ = [
    "PrometheusImages",
    "watched_pushes",
]
