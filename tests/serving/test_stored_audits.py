"""Audits as other replicas, or whoever reaches the store, left them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.audit_routes import AuditRoutes
from praxi_tasks.serving.audit_steps import AuditOptions
from praxi_tasks.serving.audits import Audits, audit_of
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.store import Store, documents, keys, open_store

WINDOW = "20260101T000010Z"
AUDIT = audit_of(WINDOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


@pytest.fixture
def client(store: Store) -> TestClient:
    metrics = Metrics()
    audits = Audits(AuditOptions(store.uri, (), "linux/amd64", "m"), store, ServingLimits(), metrics)
    return TestClient(create_app([AuditRoutes(audits).group()], metrics=metrics, waiting=dict))


def put(store: Store, **changes: Any) -> None:
    record = {"id": AUDIT, "image": "a:1", "client": "c", "images": ["a:1"], "state": "reading"}
    documents.write(store, keys.run(AUDIT, "request.json"), record | changes)


def state(client: TestClient) -> str:
    return str(client.get(f"/v1/audits/{AUDIT}").json()["state"])


@pytest.mark.parametrize("marker", [keys.served_request(AUDIT), keys.served_window(WINDOW)])
def test_an_audit_is_lost_when_nobody_is_to_go_on_with_it(
    store: Store, client: TestClient, marker: str
) -> None:
    put(store)
    store.put(marker, b"{}")
    assert state(client) == "reading"
    store.delete(marker)
    assert state(client) == "lost"
    put(store, state="failed")
    assert state(client) == "failed"


def test_an_audit_that_ends_while_it_is_looked_for_is_not_lost(
    store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(audits: Audits, audit: str) -> bool:
        put(store, id=audit, state="failed")
        return False

    monkeypatch.setattr(Audits, "_is_to_be_done", ends)
    put(store)
    assert state(client) == "failed"


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"\xff", b'{"id": "another", "image": "", "client": ""}']
)
def test_a_damaged_record_is_told(store: Store, client: TestClient, damage: bytes) -> None:
    store.put(keys.run(AUDIT, "request.json"), damage)
    for path in (f"/v1/audits/{AUDIT}", f"/v1/audits/{AUDIT}/events"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (500, "corrupt-object")


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b'{"a": 1} {}'])
@pytest.mark.parametrize("name", ["report.json", "findings.json"])
def test_damaged_findings_are_told(store: Store, client: TestClient, name: str, damage: bytes) -> None:
    put(store, state="done")
    for each in ("report.json", "findings.json"):
        store.put(keys.run(AUDIT, each), damage if each == name else b"{}")
    answer = client.get(f"/v1/audits/{AUDIT}")
    assert (answer.status_code, answer.json()["code"]) == (500, "corrupt-object")
