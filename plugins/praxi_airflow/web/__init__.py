"""Praxi's routes in Airflow's API server: reports and the webhook of Alertmanager."""

from __future__ import annotations

from praxi_airflow.web.asgi import application

__all__ = [
    "application",
]
