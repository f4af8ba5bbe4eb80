"""What an Airflow on SQLite needs that no setting can say: Airflow imports this file by its name.

Airflow opens some transactions with a savepoint, reads, and then writes. SQLite begins such a transaction as
a reader, and when it turns writer after somebody else wrote, ends it with "database is locked", at once:
waiting would not help. ``airflow backfill create`` meets this whenever the scheduler is at work. So a
transaction that starts with a savepoint begins as a writer, for which SQLite does wait.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

__all__: list[str] = []  # Airflow takes every name from here that it is not denied


@event.listens_for(Engine, "savepoint")
def begin_as_writer(connection: Connection, name: str) -> None:  # noqa: ARG001 - SQLAlchemy gives it
    """Begin SQLite's transaction before its first savepoint does."""
    if connection.dialect.name != "sqlite":
        return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
