"""The route on which registries post, against a real Airflow database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from praxi_airflow.assets import PUSHES
from praxi_airflow.web.asgi import application
from praxi_tasks.events import LARGEST
from tests.airflow.conftest import Configure
from tests.events import bodies

SECRET = "a-secret-of-the-tests"
pytestmark = pytest.mark.airflow


@pytest.fixture
def client(store_folder: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_EVENTS", json.dumps({"conn_type": "http", "password": SECRET}))
    configure(event_registries="registry.example:5000, harbor.example")
    return TestClient(application, headers={"Authorization": f"Bearer {SECRET}"})


def events() -> list[dict[str, Any]]:
    """Return the extras of the asset's events."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    wanted = select(AssetEvent.extra).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
    with create_session() as session:
        return [dict(each) for each in session.scalars(wanted.where(AssetModel.name == PUSHES.name))]


@pytest.mark.usefixtures("database")
def test_a_push_is_an_event_of_the_asset(client: TestClient) -> None:
    before = len(events())
    posted = {"events": [bodies.distribution_event(), bodies.distribution_event(action="pull")]}
    answer = client.post("/events/distribution", json=posted)
    assert (answer.status_code, answer.json()) == (202, {"heeded": 1, "foreign": 0, "ignored": {"pull": 1}})
    assert events()[before:] == [{"payload": posted}]


@pytest.mark.usefixtures("database")
def test_what_is_to_be_audited_by_nobody_is_no_event(client: TestClient) -> None:
    before = len(events())
    for form, posted in (("quay", bodies.quay("1")), ("harbor", bodies.harbor("DELETE_ARTIFACT"))):
        assert client.post(f"/events/{form}", json=posted).json()["heeded"] == 0
    assert len(events()) == before


@pytest.mark.parametrize(("body", "status"), [(b"nonsense", 422), (b"{}", 422), (b" " * (LARGEST + 1), 413)])
def test_a_body_that_is_none_is_refused(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/events/distribution", content=body)
    assert (answer.status_code, len(answer.text) < 500) == (status, True)


def test_a_form_that_nobody_knows_is_refused(client: TestClient) -> None:
    assert client.post("/events/gitlab", json={}).status_code == 422


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {SECRET}x"}]
)
def test_who_does_not_know_the_secret_is_refused_before_the_body_is_read(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = TestClient(application).post("/events/distribution", content=b"not json", headers=headers)
    assert (answer.status_code, SECRET in answer.text) == (401, False)


def test_without_a_secret_nobody_may_post(client: TestClient, configure: Configure) -> None:
    configure(event_webhook_connection="no_such_connection")
    assert client.post("/events/harbor", json=bodies.harbor()).status_code == 401
