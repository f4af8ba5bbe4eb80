"""Airflow's own web server, browsers of it, and pages without it over a made-up store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from praxi_tasks.store import Store, open_store
from tests.airflow.conftest import Configure


@pytest.fixture(scope="session")
def server() -> FastAPI:
    """Return Airflow's own web server, with the plugin that the tests' Airflow home names."""
    from airflow.api_fastapi.app import create_app
    from airflow.utils.db import initdb

    initdb()
    return create_app()


@pytest.fixture
def store(store_folder: Path, tmp_path: Path, configure: Configure) -> Store:
    """Return the store of the settings, whose prepared tables are kept beside it."""
    configure(pages_cache=tmp_path / "prepared")
    return open_store(store_folder.as_uri())


@pytest.fixture
def pages(store: Store) -> Iterator[TestClient]:
    """Return a browser of the pages, mounted as Airflow mounts them, of somebody who may read them."""
    from praxi_airflow.web import built, may_read, offers_acceptance

    app = built()
    app.dependency_overrides |= {may_read.dependency: allowed, offers_acceptance.dependency: allowed}
    outer = FastAPI()
    outer.mount("/praxi", app)
    yield TestClient(outer, base_url="http://testserver/praxi/", raise_server_exceptions=True)
    app.dependency_overrides.clear()


def allowed() -> None:
    """Stand in for a question about rights that Airflow answers with yes, or that no answer follows from."""


def client(server: FastAPI, *, known: bool = True) -> TestClient:
    """Return a browser of the administrator, or of somebody unknown."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    made = TestClient(server, base_url="http://testserver")
    if known:
        token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="admin", role="admin"))
        made.cookies.set("_token", token)
    return made
