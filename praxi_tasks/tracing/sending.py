"""Sending spans and metrics to a receiver of OTLP over HTTP, and counting what it did not take."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from threading import Thread
from typing import Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from praxi_tasks.environment import read_text
from praxi_tasks.printable import one_line
from praxi_tasks.trust import all_authorities

_LIBRARY: Final = "opentelemetry"
_SHOWN: Final = 200


class Sending:
    """Makes what sends, and knows how that went.

    The libraries' own log is not shown, for it has a line for every failed request; the last of it is part of
    the one line that says what was lost.
    """

    def __init__(self) -> None:
        self._ended = 0
        self._taken = 0
        self._said = _LastSaid()
        logger = logging.getLogger(_LIBRARY)
        logger.addHandler(self._said)
        logger.propagate = False
        self._authorities = _authorities()

    def processor(self) -> SpanProcessor:
        """Return what queues spans, no more than ``OTEL_BSP_MAX_QUEUE_SIZE``, and sends them now and then."""
        return _CountingProcessor(self, self._authorities)

    def reader(self) -> MetricReader:
        """Return what sends metrics every ``OTEL_METRIC_EXPORT_INTERVAL``, and at the end."""
        return PeriodicExportingMetricReader(OTLPMetricExporter(certificate_file=self._authorities))

    def count(self, ended: int = 0, taken: int = 0) -> None:
        """Count spans that ended, or that the receiver took."""
        self._ended += ended
        self._taken += taken

    def lost(self) -> int:
        """Return how many spans ended that the receiver did not take, so far."""
        return self._ended - self._taken

    def reason(self) -> str:
        """Return why, as far as that is known."""
        return one_line(self._said.text or "it did not answer in time", _SHOWN)


class _CountingProcessor(BatchSpanProcessor):
    def __init__(self, sending: Sending, authorities: str | None) -> None:
        super().__init__(_CountingExporter(sending, authorities))
        self._sending = sending

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            self._sending.count(ended=1)
        super().on_end(span)


class _CountingExporter(OTLPSpanExporter):
    def __init__(self, sending: Sending, authorities: str | None) -> None:
        super().__init__(certificate_file=authorities)
        self._sending = sending

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            self._sending.count(taken=len(spans))
        return result


class _LastSaid(logging.Handler):
    """Keeps the last warning."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.text = record.getMessage()


def wait(threads: Iterable[Thread], seconds: float) -> None:
    """Wait for threads, for so long at most in all."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _authorities() -> str | None:
    """Return the file of the authorities that all of Praxi trusts, unless tracing has one of its own."""
    own = read_text("OTEL_EXPORTER_OTLP_CERTIFICATE")
    return None if own else all_authorities() or None
