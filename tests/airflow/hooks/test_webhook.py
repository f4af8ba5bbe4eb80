"""The webhook's connection is tested against the real routes, served on a port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from praxi_airflow.hooks.webhook import WebhookHook
from praxi_airflow.web.asgi import application
from tests.support.alertmanager import eventually
from tests.support.process import free_port

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve what the plugin offers, as Airflow's API server mounts it."""
    app, port = FastAPI(), free_port()
    app.mount("/praxi", application)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def connect(monkeypatch: pytest.MonkeyPatch, name: str, **parts: str) -> None:
    given = json.dumps({"conn_type": "praxi_webhook", **parts})
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", given)


def test_the_webhook_takes_its_token(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "praxi_webhook", host=f"{url}/", password="open-sesame")
    assert WebhookHook().test_connection() == (True, "the webhook takes the token")


def test_another_token_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "praxi_webhook", password="open-sesame")
    connect(monkeypatch, "candidate", host=url, password="sesame, open")
    taken, told = WebhookHook("candidate").test_connection()
    assert not taken
    assert "knows another token" in told
    assert "sesame" not in told


@pytest.mark.parametrize(
    ("parts", "taken", "told"),
    [
        ({}, False, "no password"),
        ({"password": "open-sesame"}, True, "give Airflow's URL"),
        ({"password": "open-sesame", "host": "airflow.example"}, False, "is no URL"),
    ],
)
def test_what_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, parts: dict[str, str], taken: bool, told: str
) -> None:
    connect(monkeypatch, "praxi_webhook", **parts)
    result, message = WebhookHook().test_connection()
    assert result is taken
    assert told in message


def test_nobody_there_and_somebody_else_there_are_told_apart(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "praxi_webhook", host=f"http://127.0.0.1:{free_port()}", password="open-sesame")
    assert "nothing answers" in WebhookHook().test_connection()[1]
    connect(monkeypatch, "praxi_webhook", host=f"{url}/elsewhere", password="open-sesame")
    assert "answered 404" in WebhookHook().test_connection()[1]
