"""A real receiver of OTLP over HTTP: it decodes what is sent, and keeps it."""

from __future__ import annotations

import gzip
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric


@dataclass(frozen=True)
class SeenSpan:
    """A span as it arrived, ids in hexadecimal, ``parent`` empty for a root."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    kind: str
    attributes: Mapping[str, Any]
    is_error: bool
    about: str

    @property
    def error(self) -> str:
        return str(self.attributes.get("error.type", "")) if self.is_error else ""


@dataclass
class Receiver:
    """What was received, and how requests are answered."""

    url: str
    status: int = 200
    silent: threading.Event = field(default_factory=threading.Event)
    """While set, requests get no answer."""
    released: threading.Event = field(default_factory=threading.Event)
    spans: list[SeenSpan] = field(default_factory=list)
    metrics: dict[str, dict[str, Metric]] = field(default_factory=lambda: defaultdict(dict))
    headers: list[Mapping[str, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def named(self, name: str) -> list[SeenSpan]:
        """Return the spans of a name."""
        return [span for span in self.spans if span.name == name]

    def traces(self) -> dict[str, list[SeenSpan]]:
        """Return spans by trace."""
        found: dict[str, list[SeenSpan]] = defaultdict(list)
        for span in list(self.spans):
            found[span.trace].append(span)
        return found

    def take_spans(self, body: bytes) -> None:
        """Decode and keep a request's spans."""
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = str(_attributes(group.resource.attributes).get("service.name", ""))
            for scope in group.scope_spans:
                self.spans += [
                    SeenSpan(
                        service, one.name, one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex(),
                        one.SpanKind.Name(one.kind).removeprefix("SPAN_KIND_"), _attributes(one.attributes),
                        one.status.code == one.status.STATUS_CODE_ERROR, one.status.message,
                    )
                    for one in scope.spans
                ]  # fmt: skip

    def take_metrics(self, body: bytes) -> None:
        """Decode and keep a request's metrics by service and name."""
        for group in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            service = str(_attributes(group.resource.attributes).get("service.name", ""))
            for scope in group.scope_metrics:
                self.metrics[service] |= {metric.name: metric for metric in scope.metrics}


def label_values(metric: Metric) -> dict[tuple[tuple[str, Any], ...], float]:
    """Return a gauge's values by its labels."""
    return {tuple(sorted(_attributes(p.attributes).items())): p.as_double for p in metric.gauge.data_points}


@contextmanager
def otlp_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.receiver = Receiver(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.receiver  # type: ignore[attr-defined]
        finally:
            server.receiver.released.set()  # type: ignore[attr-defined]
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if receiver.silent.is_set():
            receiver.released.wait()
            return
        with receiver.arrived:
            receiver.headers.append(dict(self.headers))
            if receiver.status == 200:
                take = {"/v1/traces": receiver.take_spans, "/v1/metrics": receiver.take_metrics}
                take[self.path](body)
            receiver.arrived.notify_all()
        self.send_response(receiver.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None
