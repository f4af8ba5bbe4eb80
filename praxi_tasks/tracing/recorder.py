"""Spans and metrics by OpenTelemetry's SDK: kept in a bounded queue, sent by threads of their own.

No provider is installed for the whole process: libraries that trace themselves, as MLflow does, stay silent.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Final

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Histogram, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from praxi_tasks import __version__
from praxi_tasks.errors import PraxiError
from praxi_tasks.tracing.sending import Sending, wait
from praxi_tasks.tracing.settings import MAX_SPANS, TracingSettings
from praxi_tasks.tracing.spans import NO_SPAN, Attributes, Kind, Sample, Span, Value

logger = logging.getLogger(__name__)

_SCOPE: Final = "praxi"
_NAMESPACE: Final = "praxi"
_ENDED: Final = "terminated"
_EXIT_CODE: Final = "process.exit.code"


class _Opened:
    """An open span, as the rest of Praxi sees it."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def set(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        _fail(self._span, kind)


class SdkRecorder:
    """Records one command, or a service; see :class:`~praxi_tasks.tracing.spans.Recorder`.

    Parameters
    ----------
    name
        The command's, from which its service has its name unless a setting gives one.
    is_service
        Whether requests begin the traces: what belongs to none of them is not recorded, and there may be any
        number of spans.
    """

    def __init__(self, settings: TracingSettings, name: str, *, is_service: bool = False) -> None:
        service = settings.service or f"praxi-{name}"
        named = {"service.name": service, "service.namespace": _NAMESPACE, "service.version": __version__}
        self._sending = Sending()
        resource = Resource.create(named)
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        if settings.traces:
            self._spans.add_span_processor(self._sending.processor())
        readers = [self._sending.reader()] if settings.metrics else []
        self._measures = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        self._tracer = self._spans.get_tracer(_SCOPE, __version__)
        self._meter = self._measures.get_meter(_SCOPE, __version__)
        self._is_service = is_service
        self._most, self._count = settings.max_spans, itertools.count(1)
        self._left_out = 0
        self._histograms: dict[str, Histogram] = {}
        self._open: dict[int, trace.Span] = {}
        self._root = contexts.Context()

    @contextmanager
    def command(self, name: str, carrier: Mapping[str, str]) -> Iterator[None]:
        """Record the block as the span below which all others lie, itself below the one of ``carrier``."""
        parent = TraceContextTextMapPropagator().extract(carrier)
        with self._opened(name, SpanKind.SERVER, {}, parent) as span:
            self._root = trace.set_span_in_context(span)
            yield

    def span(self, name: str, kind: Kind, attributes: Attributes) -> AbstractContextManager[Span]:
        """Open a span; what goes beyond the most that a command may record is counted alone."""
        if self._is_service:
            known = trace.get_current_span(self._here()).get_span_context().is_valid
            return self._shown(name, kind, attributes) if known or kind is Kind.CONSUMER else NO_SPAN
        if next(self._count) > self._most:
            self._left_out += 1
            return NO_SPAN
        return self._shown(name, kind, attributes)

    @contextmanager
    def request(self, name: str, carrier: Mapping[str, str], attributes: Attributes) -> Iterator[Span]:
        """Open the span of a request."""
        parent = TraceContextTextMapPropagator().extract(carrier)
        with self._opened(name, SpanKind.SERVER, attributes, parent) as span:
            yield _Opened(span)

    def headers(self) -> dict[str, str]:
        """Return the W3C headers of the open span."""
        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier, self._here())
        return carrier

    def ids(self) -> dict[str, str]:
        """Return the open span's ids in hexadecimal."""
        known = trace.get_current_span(self._here()).get_span_context()
        if not known.is_valid:
            return {}
        return {
            "trace_id": trace.format_trace_id(known.trace_id),
            "span_id": trace.format_span_id(known.span_id),
        }

    def observe(self, name: str, seconds: float, attributes: Attributes) -> None:
        """Add a duration to a histogram, with the open span as its exemplar."""
        if name not in self._histograms:
            self._histograms[name] = self._meter.create_histogram(name, "s")
        self._histograms[name].record(seconds, attributes, self._here())

    def publish(self, samples: Iterable[Sample]) -> None:
        """Let gauges have these values when metrics are sent next."""
        gauges: dict[str, tuple[str, list[Observation]]] = {}
        for sample in samples:
            _, values = gauges.setdefault(sample.name, (sample.about, []))
            values.append(Observation(sample.value, dict(sample.labels)))
        for name, (about, values) in gauges.items():
            self._meter.create_observable_gauge(name, [partial(_observed, values)], description=about)

    def finish(self, seconds: float) -> None:
        """Send what is left, for so long at most, and say what nobody took."""
        work = [self._spans.shutdown, self._measures.shutdown]
        threads = [threading.Thread(target=one, name="tracing-end", daemon=True) for one in work]
        for thread in threads:
            thread.start()
        wait(threads, seconds)
        if lost := self._sending.lost():
            logger.warning(
                "%d spans were not taken by the receiver of traces: %s", lost, self._sending.reason()
            )
        if self._left_out:
            logger.info("%d spans were left out, beyond %s", self._left_out, MAX_SPANS)

    def abandon(self, seconds: float) -> None:
        """End all open spans as failed, and send what is left, for so long at most."""
        for span in reversed(list(self._open.values())):
            _fail(span, _ENDED)
            span.end()
        self.finish(seconds)

    @contextmanager
    def _shown(self, name: str, kind: Kind, attributes: Attributes) -> Iterator[Span]:
        with self._opened(name, SpanKind[kind], attributes, self._here()) as span:
            yield _Opened(span)

    @contextmanager
    def _opened(
        self, name: str, kind: SpanKind, attributes: Attributes, parent: contexts.Context
    ) -> Iterator[trace.Span]:
        span = self._tracer.start_span(name, parent, kind, dict(attributes))
        self._open[id(span)] = span
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield span
        except BaseException as error:
            _fail_with(span, error)
            raise
        finally:
            del self._open[id(span)]
            span.end()

    def _here(self) -> contexts.Context:
        """Return this thread's context; the command's in threads that were started without one."""
        is_in_span = trace.get_current_span().get_span_context().is_valid
        return contexts.get_current() if is_in_span else self._root


def _observed(values: list[Observation], _: CallbackOptions) -> list[Observation]:
    return values


def _fail(span: trace.Span, kind: str, about: str | None = None) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR, about))


def _fail_with(span: trace.Span, error: BaseException) -> None:
    """Mark a span with an error; of one that is not ours, no text: it may hold anything."""
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        span.set_attribute(_EXIT_CODE, code)
        if code:
            _fail(span, f"exit-{code}")
    elif isinstance(error, PraxiError):
        _fail(span, error.code, str(error))
    else:
        _fail(span, type(error).__qualname__)
