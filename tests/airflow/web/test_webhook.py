"""The webhook against a real Airflow database: who may start a training, how often, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from praxi_airflow.web.asgi import application
from praxi_tasks.audit.unknown_packages import NewPackage
from praxi_tasks.findings.assessment.document import TrendPoint
from praxi_tasks.findings.assessment.history import History, Memory
from praxi_tasks.learning.data.requests import TrainingRequest, read_request
from praxi_tasks.store import documents, open_store
from tests.airflow.conftest import Configure

TOKEN = "a-token-of-the-tests"
PLACE = "/webhooks/alertmanager"
PACKAGE = NewPackage("pkg:pypi/new@1", "pypi", "new", "1", ("sha256:1",))

pytestmark = pytest.mark.airflow


@pytest.fixture
def client(store_folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    connection = json.dumps({"conn_type": "http", "password": TOKEN})
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_WEBHOOK", connection)
    return TestClient(application, headers={"Authorization": f"Bearer {TOKEN}"})


def alert(fingerprint: str, **changes: Any) -> dict[str, Any]:
    labels = {"alertname": "PraxiModelDrift", "action": "retrain", "instance": "prod"}
    times = {"startsAt": "2026-11-20T01:02:03.000Z", "endsAt": "0001-01-01T00:00:00Z"}
    return {
        "status": "firing",
        "labels": labels,
        "annotations": {},
        **times,
        "fingerprint": fingerprint,
        **changes,
    }


def post(client: TestClient, *alerts: dict[str, Any]) -> Any:
    return client.post(
        PLACE, json={"version": "4", "status": "firing", "receiver": "praxi", "alerts": alerts}
    )


def training_runs() -> dict[str, dict[str, Any]]:
    from airflow.models import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        return {
            run.run_id: dict(run.conf or {}) for run in session.query(DagRun).filter_by(dag_id="praxi_train")
        }


@pytest.mark.usefixtures("database")
def test_a_drift_alert_starts_one_training_however_often_it_is_told(
    client: TestClient, store_folder: Path
) -> None:
    store = open_store(store_folder.as_uri())
    for day in (1, 2):
        point = TrendPoint(f"2026-11-{day:02}T00:00:00+00:00", 0, {}, {})
        History(store, "dag").add(Memory(f"run-{day}", point.at, {}, point))
    documents.write(store, "audits/run-2/new-packages.json", (PACKAGE,))

    first = post(client, alert("ab12"), alert("cd34", labels={"alertname": "Other"})).json()
    (run_id,) = first["started"]
    assert first["ignored"] == 1
    again = post(client, alert("ab12"))
    assert (again.status_code, again.json()["started"], again.json()["runs"]) == (200, [], [run_id])
    assert [name for name in training_runs() if "ab12" in name] == [run_id]
    request = read_request(training_runs()[run_id]["request"])
    assert request == TrainingRequest("run-2", (PACKAGE,))


@pytest.mark.usefixtures("database")
def test_another_episode_of_the_same_alert_starts_another_training(client: TestClient) -> None:
    post(client, alert("ef56"))
    (run_id,) = post(client, alert("ef56", startsAt="2026-12-24T00:00:00Z")).json()["started"]
    assert run_id in training_runs()


@pytest.mark.usefixtures("database")
def test_a_group_of_alerts_is_one_training_and_its_replay_none(client: TestClient) -> None:
    group = [alert(f"{number:032x}", startsAt=f"2026-11-20T01:02:{number % 60:02}Z") for number in range(300)]
    before = set(training_runs())
    first = post(client, *group, alert("99", status="resolved")).json()
    assert len(first["started"]) == 1
    assert first["ignored"] == 1
    for again in (group, group[::-1]):
        assert post(client, *again).json() == {"runs": first["runs"], "started": [], "ignored": 0}
    assert set(training_runs()) - before == set(first["started"])


@pytest.mark.usefixtures("database")
def test_the_note_of_a_training_is_short_and_printable(client: TestClient) -> None:
    labels = {"alertname": "PraxiModelDrift", "instance": "\x1b[31m" + "x" * 900_000}
    answer = post(client, alert("abcdef", labels=labels))
    assert (answer.status_code, len(answer.json()["started"])) == (200, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "a\n"},
        {"fingerprint": "f" * 65},
        {"startsAt": "0001-01-01T00:00:00+23:59"},
        {"startsAt": "2026-01-01T00:00:00"},
        {"startsAt": "9999-12-31T23:59:59Z"},
    ],
)
def test_an_alert_that_names_no_episode_is_refused(client: TestClient, changes: dict[str, Any]) -> None:
    answer = post(client, alert("a1") | changes)
    assert answer.status_code == 422
    assert len(answer.text) < 500


def test_more_alerts_than_any_group_has_are_refused(client: TestClient) -> None:
    assert post(client, *[alert("a1", annotations={})] * 1_001).status_code == 422


@pytest.mark.usefixtures("database")
def test_what_is_resolved_starts_nothing(client: TestClient) -> None:
    assert post(client, alert("0a0a", status="resolved")).json() == {"runs": [], "started": [], "ignored": 1}


@pytest.mark.parametrize(
    "headers",
    [{}]
    + [
        {"Authorization": text}
        for text in ("", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN)
    ],
)
def test_a_wrong_token_is_refused_before_the_body_is_read(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = TestClient(application).post(PLACE, content=b"not json", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in answer.text


def test_without_a_connection_everybody_is_refused(configure: Configure, client: TestClient) -> None:
    configure(webhook_connection="praxi_webhook_that_is_not_there")
    assert post(client, alert("ab12")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"version": "4"}', b'{"version": "3", "alerts": []}',
        json.dumps({"version": "4", "alerts": [alert("../../etc")]}).encode(),
        json.dumps({"version": "4", "alerts": [alert("ab12", startsAt="yesterday")]}).encode(),
        json.dumps({"version": "4", "alerts": [alert("ab12", labels="none")]}).encode(),
        json.dumps({"version": "4", "alerts": [alert("ab12")]})[:-1].encode(),
        json.dumps({"version": "4", "alerts": [alert("ab12")]}).encode().replace(b"Drift", b"\xff"),
        b'{"version": "4", "alerts": [], "x": ' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_malformed_notification_is_unprocessable(client: TestClient, body: bytes) -> None:
    assert client.post(PLACE, content=body).status_code == 422


def test_a_body_larger_than_any_notification_is_refused(client: TestClient) -> None:
    assert client.post(PLACE, content=b" " * (2 << 20)).status_code == 413


def test_the_plugin_offers_it_below_praxi() -> None:
    from praxi_airflow.plugin import PraxiPlugin

    (offered,) = PraxiPlugin.fastapi_apps
    assert offered["url_prefix"] == "/praxi"
    assert TestClient(offered["app"]).post(PLACE).status_code == 401
