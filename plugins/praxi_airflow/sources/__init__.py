"""Sources of the list of deployed images: Prometheus."""

from __future__ import annotations

from praxi_airflow.sources.prometheus import PrometheusImages

__all__ = [
    "PrometheusImages",
]
