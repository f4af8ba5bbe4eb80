"""Praxi's plugin for Airflow: the pages below ``/praxi``, in the navigation and on Dags, and a run's report.

Airflow finds it by the entry point of the installed package, or by ``praxi_plugin.py`` in a plugins folder.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from praxi_airflow.notifiers import FirstQueued
from praxi_airflow.priority import OwnRunsFirst
from praxi_airflow.web import application


class PraxiPlugin(AirflowPlugin):
    """Registers what ``praxi_airflow`` offers to Airflow's API server."""

    name = "praxi"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as the base class declares it
        {"app": application, "url_prefix": "/praxi", "name": "Praxi"}
    ]
    deadline_references: list[Any] = [FirstQueued]  # noqa: RUF012 - as the base class declares it
    priority_weight_strategies: list[Any] = [OwnRunsFirst]  # noqa: RUF012 - as the base class declares it
    external_views: list[Any] = [  # noqa: RUF012 - as the base class declares it
        {
            "name": "Praxi",
            "href": "/praxi/",
            "url_route": "praxi",
            "destination": "nav",
            "category": "browse",
        },
        {
            "name": "Praxi",
            "href": "/praxi/",
            "url_route": "praxi-dag",
            "destination": "dag",
        },
        {
            "name": "Praxi report",
            "href": "/praxi/reports/{DAG_ID}/{RUN_ID}?tab",
            "url_route": "praxi-report",
            "destination": "dag_run",
        },
    ]


def has_entry_point() -> bool:
    """Return whether an installed package registers the plugin by itself."""
    return any(point.name == PraxiPlugin.name for point in entry_points(group="airflow.plugins"))
