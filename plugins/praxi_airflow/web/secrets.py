"""Secrets of the pages, each the password of an Airflow connection that a setting names."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


def connection_password(connection: str, without: str) -> str:
    """Return the connection's password; nothing if there is no such connection.

    Parameters
    ----------
    without
        What the log says is not possible without it.
    """
    from airflow.models.connection import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return Connection.get_connection_from_secrets(connection).password or ""
    except AirflowNotFoundException:
        logger.warning("%s: there is no connection %s", without, connection)
        return ""
