"""Registers with Airflow what ``praxi_airflow`` offers; nothing else happens here."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from praxi_airflow.web.application import application


class PraxiPlugin(AirflowPlugin):
    """Praxi's plugin."""

    name = "praxi"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - as the base class declares it
        {"app": application, "url_prefix": "/praxi", "name": "Praxi"}
    ]
    external_views: list[Any] = [  # noqa: RUF012 - as the base class declares it
        {
            "name": "Praxi report",
            "href": "/praxi/reports/{DAG_ID}/{RUN_ID}",
            "url_route": "praxi-report",
            "destination": "dag_run",
        }
    ]
