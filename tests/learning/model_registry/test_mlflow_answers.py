"""What the light client makes of servers that are none, refuse, or are away."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from praxi_tasks.errors import ModelError, PraxiError, RegistryDownError
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.mlflow_server import ServerRegistry
from tests.support.process import free_port


class Answers(ThreadingHTTPServer):
    status, body = 200, b"{}"
    heard: str | None = None


class Handler(BaseHTTPRequestHandler):
    server: Answers

    def do_GET(self) -> None:
        self.server.heard = self.headers.get("Authorization")
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Answers]:
    with Answers(("127.0.0.1", 0), Handler) as made:
        Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def asked(server: Answers) -> ServerRegistry:
    return ServerRegistry(f"http://127.0.0.1:{server.server_port}")


def test_a_server_without_any_version_has_none(server: Answers) -> None:
    assert asked(server).versions() == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>", ModelError),
        (200, b"[1]", ModelError),
        (200, b'{"model_versions": [{"version": {}}]}', ModelError),
        (200, b"[" * 10_000, ModelError),
        (401, b"who are you\x1b[31m", ModelError),
        (404, b"", ModelError),
        (503, b"later", RegistryDownError),
    ],
)
def test_what_is_no_answer_is_a_typed_error(
    server: Answers, status: int, body: bytes, kind: type[PraxiError]
) -> None:
    server.status, server.body = status, body
    with pytest.raises(kind) as caught:
        asked(server).versions()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (403, b"Invalid Host header - possible DNS rebinding attack detected", "--allowed-hosts"),
        (403, b"Permission denied", "see its log and its permissions"),
        (401, b"You are not authenticated", "MLFLOW_TRACKING_TOKEN"),
        (404, b"no page", "the path in the setting mlflow_uri"),
    ],
)
def test_a_refusal_says_what_to_do(server: Answers, status: int, body: bytes, action: str) -> None:
    server.status, server.body = status, body
    library = MlflowRegistry(f"http://127.0.0.1:{server.server_port}")
    for registry in (asked(server), library):
        with pytest.raises(ModelError) as caught:
            registry.versions()
        assert action in caught.value.action


def test_pages_without_end_are_not_read_for_ever(server: Answers) -> None:
    server.body = b'{"model_versions": [], "next_page_token": "again"}'
    with pytest.raises(ModelError, match="more versions"):
        asked(server).versions()


def test_a_server_that_is_away_is_a_passing_error() -> None:
    with pytest.raises(RegistryDownError):
        ServerRegistry(f"http://127.0.0.1:{free_port()}").versions()


def test_credentials_are_mlflows_own(server: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "praxi")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "p")
    asked(server).versions()
    assert server.heard == "Basic cHJheGk6cA=="
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    asked(server).versions()
    assert server.heard == "Bearer t"
    for name in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}")
    ServerRegistry(f"http://praxi:p%40@127.0.0.1:{server.server_port}").versions()
    assert server.heard == "Basic cHJheGk6cEA="
    asked(server).versions()
    assert server.heard is None
