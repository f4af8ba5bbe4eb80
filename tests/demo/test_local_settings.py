"""An Airflow on SQLite is not told that its database is locked when others write."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from demo.airflow import LOCAL_SETTINGS
from demo.config.airflow_local_settings import begin_as_writer
from tests.support.airflow_home import ROOT, environment

event.remove(Engine, "savepoint", begin_as_writer)  # each test asks for it by itself


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "airflow.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE runs (name TEXT)")
    return path


def read_then_write(database: Path, *, hooked: bool) -> None:
    """Do what ``airflow backfill create`` does, with another writer at the worst moment."""
    engine = create_engine(f"sqlite:///{database}?timeout=1")
    if hooked:
        event.listen(engine, "savepoint", begin_as_writer)
    with engine.connect() as connection:
        nested = connection.begin_nested()
        connection.execute(text("SELECT count(*) FROM runs")).all()
        with closing(sqlite3.connect(database, timeout=0)) as other:
            try:
                other.execute("INSERT INTO runs VALUES ('other')")
                other.commit()
            except sqlite3.OperationalError:
                assert hooked  # the other one is who waits
        connection.execute(text("INSERT INTO runs VALUES ('ours')"))
        nested.commit()
        connection.commit()
    engine.dispose()


def names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM runs")]


def test_without_it_a_reader_that_turns_writer_is_refused(database: Path) -> None:
    with pytest.raises(OperationalError, match="locked"):
        read_then_write(database, hooked=False)


def test_a_transaction_that_starts_with_a_savepoint_is_a_writer(database: Path) -> None:
    read_then_write(database, hooked=True)
    assert names(database) == ["ours"]


def test_a_savepoint_inside_a_transaction_and_a_rollback_work_as_before(database: Path) -> None:
    engine = create_engine(f"sqlite:///{database}")
    event.listen(engine, "savepoint", begin_as_writer)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO runs VALUES ('kept')"))
        nested = connection.begin_nested()
        connection.execute(text("INSERT INTO runs VALUES ('undone')"))
        nested.rollback()
        connection.commit()
        connection.begin_nested()
        connection.execute(text("INSERT INTO runs VALUES ('undone')"))
        connection.rollback()
    engine.dispose()
    assert names(database) == ["kept"]


@pytest.mark.slow
def test_airflow_imports_it(tmp_path: Path) -> None:
    script = (
        "import airflow.settings, sqlalchemy.event; from sqlalchemy.engine import Engine;"
        "import airflow_local_settings as ours; airflow.settings.initialize();"
        "assert sqlalchemy.event.contains(Engine, 'savepoint', ours.begin_as_writer); print(ours.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PATH": "", **environment(tmp_path)},
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split()[-1] == str(LOCAL_SETTINGS / "airflow_local_settings.py")
