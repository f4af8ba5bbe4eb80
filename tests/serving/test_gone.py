"""Clients that go before their answer, and a service that ends before all were answered."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.serving.running import Service, serving
from tests.support.hostile_registry import HostileRegistry
from tests.support.images import image
from tests.support.packages import SHOP, SITE

pytestmark = [pytest.mark.server, pytest.mark.slow]
PATIENCE = 120


@pytest.fixture(scope="module")
def service(model_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("gone")
    options = ("--registry", "127.0.0.1:*", "--workers", "1")
    limits = {"PRAXI_SERVE_MAX_BATCH": "1"}
    with serving(folder, model_uri, (folder / "store").as_uri(), *options, variables=limits) as running:
        yield running


def until(condition: Callable[[], Any]) -> None:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < end
        pause.wait(0.05)


def metric(service: Service, *marks: str) -> float:
    """Return the sum of the metrics whose lines hold all marks."""
    lines = service.ask("/metrics").body.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if all(mark in line for mark in marks))


def connected(service: Service) -> socket.socket:
    host, _, port = service.address.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def layers(count: int) -> bytes:
    """Return a request about layers of many paths."""
    paths = [f"{SITE}/{path}" for path in SHOP.files] * 400
    tensors = [
        {"name": "paths", "datatype": "BYTES", "shape": [len(paths) * count], "data": paths * count},
        {"name": "lengths", "datatype": "INT64", "shape": [count], "data": [len(paths)] * count},
    ]
    return json.dumps({"inputs": tensors, "outputs": [{"name": "labels"}]}).encode()


def post(connection: socket.socket, path: str, body: bytes) -> None:
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)


def test_a_request_whose_client_goes_is_not_answered_and_frees_the_queue(service: Service) -> None:
    body = layers(64)
    for _ in range(3):
        with connected(service) as connection:
            post(connection, "/v2/models/praxi-layers/infer", body)
            until(lambda: metric(service, "praxi_serve_waiting{") > 0)
    gone = ("praxi_serve_requests_total", "infer", 'status="499"')
    until(lambda: metric(service, *gone) == 3)
    until(lambda: metric(service, "praxi_serve_waiting{") == 0)
    assert metric(service, "praxi_serve_items_total", 'outcome="answered"') == 0
    assert service.ask("/v2/models/praxi-layers/infer", layers(1)).status == 200


def test_who_follows_an_audit_and_goes_changes_nothing(
    service: Service, hostile: HostileRegistry, tmp_path: Path
) -> None:
    reference = hostile.serve("gone/shop", "1", image([SHOP.layer()]))
    asked = service.ask("/v1/audits", {"image": reference}).document
    for _ in range(2):
        with connected(service) as connection:
            connection.sendall(f"GET /v1/audits/{asked['id']}/events HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert b"text/event-stream" in connection.recv(4096)
    ended = ("praxi_serve_requests_total", "/events")
    until(lambda: metric(service, *ended) == 2)  # a stream is counted when it has ended
    assert service.ask(f"/v1/audits/{asked['id']}").document["state"] != "cancelled"
    service.ask(f"/v1/audits/{asked['id']}/events")
    assert service.ask(f"/v1/audits/{asked['id']}").document["state"] == "done"


def test_a_service_that_is_asked_to_end_answers_what_it_was_asked(model_uri: str, tmp_path: Path) -> None:
    store, one = (tmp_path / "store").as_uri(), {"PRAXI_SERVE_MAX_BATCH": "1"}
    with (
        serving(tmp_path, model_uri, store, "--workers", "1", variables=one) as ending,
        ExitStack() as held,
    ):
        assert ending.ask("/v2/models/praxi-layers/infer", layers(1)).status == 200  # so the worker is there
        main = int(ending.server.pid_file.read_text().split()[0])
        others = [process for process in ending.server.members() if process != main]
        send_all(others, signal.SIGSTOP)
        asked = [held.enter_context(connected(ending)) for _ in range(4)]
        for connection in asked:
            post(connection, "/v2/models/praxi-layers/infer", layers(4))
        until(lambda: metric(ending, "praxi_serve_waiting{") >= 15)  # a worker may have one
        os.kill(main, signal.SIGTERM)
        send_all(others, signal.SIGCONT)
        for connection in asked:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 200, answer.read()
            (labels,) = json.loads(answer.read())["outputs"]
            assert len(labels["data"]) == 4
        until(lambda: not ending.server.members())


def send_all(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        os.kill(process, number)
