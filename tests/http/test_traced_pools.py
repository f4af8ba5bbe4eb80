"""Requests as spans, and who is told of the trace."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from urllib3 import PoolManager
from urllib3.exceptions import MaxRetryError

from praxi_tasks.http.traced_pools import SilentTracedPools, TracedPools, TracedProxy
from tests.support.otlp import Receiver
from tests.tracing.conftest import TRACE, Recording, receiver, recording

__all__ = ["receiver", "recording"]

SECRET = "?X-Amz-Signature=secret"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.told.append(dict(self.headers))  # type: ignore[attr-defined]
        self.send_response(404 if "absent" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.told = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def address(server: HTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}/{path}"


def told(server: HTTPServer) -> dict[str, str]:
    (headers,) = server.told  # type: ignore[attr-defined]
    return dict(headers)


def test_a_request_is_a_span_and_names_it(
    server: HTTPServer, receiver: Receiver, recording: Recording
) -> None:
    with recording():
        TracedPools(headers={"User-Agent": "praxi"}).request("GET", address(server, f"v2/{SECRET}"))
    (asked,) = receiver.named("GET")
    assert asked.kind == "CLIENT"
    assert asked.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": server.server_port,
        "url.full": address(server, "v2/?…"),
    }
    assert told(server)["traceparent"] == f"00-{TRACE}-{asked.id}-01"
    assert told(server)["User-Agent"] == "praxi"
    (duration,) = receiver.metrics["praxi-test"]["http.client.request.duration"].histogram.data_points
    assert duration.exemplars[0].span_id.hex() == asked.id


def test_a_host_that_nobody_named_is_not_told_of_the_trace(
    server: HTTPServer, receiver: Receiver, recording: Recording
) -> None:
    with recording():
        SilentTracedPools().request("GET", address(server, ""), headers={"Accept": "a/b"})
    assert "traceparent" not in {name.lower() for name in told(server)}
    assert told(server)["Accept"] == "a/b"
    assert len(receiver.named("GET")) == 1


def test_a_refusal_and_a_failure_are_errors(
    server: HTTPServer, receiver: Receiver, recording: Recording
) -> None:
    with recording():
        TracedProxy(address(server, "")).request("GET", "http://elsewhere.example/absent")
        with pytest.raises(MaxRetryError):
            TracedPools().request("GET", "http://127.0.0.1:9/", retries=0)
    assert [asked.error for asked in receiver.named("GET")] == ["404", "MaxRetryError"]
    assert receiver.named("GET")[0].attributes["server.address"] == "elsewhere.example"


def test_where_nothing_is_recorded_requests_are_as_urllib3_sends_them(server: HTTPServer) -> None:
    for pools in (TracedPools(), PoolManager()):
        pools.request("GET", address(server, ""), headers={"Accept": "a/b"})
    first, second = server.told  # type: ignore[attr-defined]
    assert first == second
