"""Tests of the Airflow side run in an Airflow home of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.airflow_home import HOME, environment

assert HOME  # imported for its effect, before anything imports Airflow

Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Return a function that gives settings of the ``[praxi]`` section by name."""

    def give(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"AIRFLOW__PRAXI__{name.upper()}", str(value))

    return give


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Return a function that gives the Prometheus connection by its parts."""

    def give(
        host: str, *, conn_type: str = "http", extra: dict[str, Any] | None = None, **parts: Any
    ) -> None:
        quick = {"timeout": 60, "retries": 1, "backoff": 0}
        connection = {"conn_type": conn_type, "host": host, "extra": quick | (extra or {}), **parts}
        monkeypatch.setenv("AIRFLOW_CONN_PRAXI_PROMETHEUS", json.dumps(connection))

    return give


@pytest.fixture
def store_folder(tmp_path: Path, configure: Configure) -> Path:
    """Return the folder of the store that the settings name."""
    configure(store=(tmp_path / "store").as_uri())
    return tmp_path / "store"


@pytest.fixture(scope="session")
def database() -> None:
    """Make the metadata database of the tests' Airflow home, with the tree's Dags in it."""
    from airflow.utils.db import initdb

    initdb()  # an earlier test may have left an empty file
    airflow = Path(sys.executable).parent / "airflow"
    variables = {**os.environ, **environment(HOME)}
    subprocess.run(
        [airflow, "dags", "reserialize"], env=variables, check=True, capture_output=True, timeout=300
    )
