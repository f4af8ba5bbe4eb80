"""Dags are parsed in an Airflow home of the tests' own."""

from __future__ import annotations

import pytest

from tests.support import airflow_home

assert airflow_home.HOME  # imported for its effect, before anything imports Airflow


@pytest.fixture(scope="session")
def dags() -> dict[str, object]:
    """Return the Dags of the tree by their ids."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(airflow_home.ROOT / "dags")
    assert bag.import_errors == {}
    return dict(bag.dags)
