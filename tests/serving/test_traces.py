"""Requests as spans of whoever sent them, down to the steps of an audit; logs and metrics name them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.refusals import UnavailableError
from praxi_tasks.serving.route_group import RouteGroup
from praxi_tasks.tracing import ENDPOINT, traced_service
from praxi_tasks.tracing.spans import install
from tests.serving.running import Service, serving
from tests.support.images import image
from tests.support.otlp import Receiver, SeenSpan, otlp_receiver
from tests.support.packages import SHOP, SITE
from tests.support.registry import Registry

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"
PATIENCE = 120


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with otlp_receiver() as running:
        monkeypatch.setenv(ENDPOINT, running.url)
        yield running
    install(None)


def small_app() -> TestClient:
    async def greet(_: Request) -> Response:
        return JSONResponse({"hello": True})

    async def fail(_: Request) -> Response:
        raise UnavailableError("not now")

    group = RouteGroup((Route("/v1/things/{thing}", greet), Route("/v1/broken", fail)), {})
    return TestClient(create_app([group], metrics=Metrics(), waiting=dict))


def test_a_request_continues_the_trace_of_its_sender(receiver: Receiver) -> None:
    client = small_app()
    with traced_service("serve"):
        client.get("/v1/things/7", headers={"traceparent": PARENT})
        client.get("/v1/broken")
        client.get("/nothing/here")
        client.get("/metrics")
        exposed = client.get("/metrics", headers={"accept": OPENMETRICS})
    (things,) = receiver.named("GET /v1/things/{thing}")
    assert (things.trace, things.parent, things.kind, things.service) == (
        TRACE,
        SPAN,
        "SERVER",
        "praxi-serve",
    )
    assert things.attributes["http.response.status_code"] == 200
    assert things.attributes["url.path"] == "/v1/things/7"
    (broken,) = receiver.named("GET /v1/broken")
    assert (broken.parent, broken.error) == ("", "503")
    assert not receiver.named("GET other")[0].is_error
    assert not receiver.named("GET /metrics")
    assert exposed.headers["content-type"].startswith("application/openmetrics-text")
    line = next(
        one for one in exposed.text.splitlines() if "_bucket" in one and "things" in one and "#" in one
    )
    assert f'# {{span_id="{things.id}",trace_id="{TRACE}"}}' in line
    assert exposed.text.endswith("# EOF\n")
    assert "http.server.request.duration" in receiver.metrics["praxi-serve"]


def test_without_a_receiver_there_is_no_exemplar() -> None:
    client = small_app()
    client.get("/v1/things/7", headers={"traceparent": PARENT})
    assert "trace_id" not in client.get("/metrics", headers={"accept": OPENMETRICS}).text
    assert client.get("/metrics").headers["content-type"].startswith("text/plain")


def test_what_belongs_to_no_request_is_not_recorded(receiver: Receiver) -> None:
    from praxi_tasks.tracing import Kind, span, trace_ids

    with traced_service("serve"):
        with span("look for a champion"):
            assert trace_ids() == {}
        with span("audit", Kind.CONSUMER), span("of the audit"):
            assert trace_ids()
    assert {one.name for one in receiver.spans} == {"audit", "of the audit"}


def until(condition: Callable[[], Any]) -> Any:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < end
        pause.wait(0.1)
    return found


@pytest.mark.server
@pytest.mark.slow
def test_an_audit_is_one_trace_over_its_steps(
    registry: Registry, receiver: Receiver, model_uri: str, tmp_path: Path
) -> None:
    shop = registry.push("traced/shop:1", image([SHOP.layer()]))
    variables = {ENDPOINT: receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "200", "PRAXI_LOG_FORMAT": "json"}
    options = ("--registry", "127.0.0.1:*", "--workers", "1")
    with serving(
        tmp_path, model_uri, (tmp_path / "store").as_uri(), *options, variables=variables
    ) as service:
        asked = service.ask("/v1/audits", {"image": shop}, traceparent=PARENT)
        service.ask(f"/v1/audits/{asked.document['id']}/events")
        infer(service)
        until(
            lambda: receiver.named("audit") and receiver.named("praxi report") and receiver.named("predict")
        )
    spans = {one.id: one for one in receiver.traces()[TRACE]}
    (posted,), (audit,) = receiver.named("POST /v1/audits"), receiver.named("audit")
    assert (posted.parent, posted.service) == (SPAN, "praxi-serve")
    assert (audit.parent, audit.kind) == (posted.id, "CONSUMER")
    for step in ("plan", "fingerprint", "predict", "report"):
        (command,) = receiver.named(f"praxi {step}")
        assert (command.service, command.parent) == (f"praxi-{step}", audit.id)
    fetched = [one for one in spans.values() if one.name == "GET" and one.kind == "CLIENT"]
    assert {root(one, spans).id for one in fetched} == {posted.id}
    assert {one.service for one in fetched} >= {"praxi-plan", "praxi-fingerprint"}
    (asking,) = [one for one in receiver.named("predict") if one.service == "praxi-serve"]
    (inferring,) = receiver.named("POST /v2/models/{model}/infer")
    assert (asking.parent, asking.attributes["praxi.items"]) == (inferring.id, 1)
    logged = [json.loads(line) for line in (tmp_path / "serve.log").read_text().splitlines()]
    (ended,) = [line for line in logged if line["event"].endswith(": done")]
    assert (ended["trace_id"], ended["span_id"]) == (TRACE, audit.id)


def infer(service: Service) -> None:
    paths = [f"{SITE}/{path}" for path in SHOP.files]
    tensor = {"name": "paths", "datatype": "BYTES", "shape": [len(paths)], "data": paths}
    assert service.ask("/v2/models/praxi-layers/infer", {"inputs": [tensor]}).status == 200


def root(span: SeenSpan, spans: dict[str, SeenSpan]) -> SeenSpan:
    while span.parent in spans:
        span = spans[span.parent]
    return span
