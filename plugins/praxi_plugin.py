"""Registers with Airflow what ``praxi_airflow`` offers; nothing else happens here."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin


class PraxiPlugin(AirflowPlugin):
    """Praxi's plugin."""

    name = "praxi"
