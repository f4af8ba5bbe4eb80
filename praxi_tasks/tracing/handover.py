"""Handing a trace on: from the process that starts a command to the command.

The starting process is Airflow's, whose own tracing is configured by Airflow; nothing here configures any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from praxi_tasks.tracing.spans import Attributes

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_SCOPE: Final = "praxi"


@contextmanager
def handed_over(name: str, attributes: Attributes) -> Iterator[dict[str, str]]:
    """Record the block as a request to a service, and yield the variables by which that continues the trace.

    Where this process records no traces, the trace is still the one that its run was given, and sampled, for
    whoever asks for traces of commands alone wants them.
    """
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    tracer = trace.get_tracer(_SCOPE)
    with tracer.start_as_current_span(
        name,
        kind=trace.SpanKind.CLIENT,
        attributes=dict(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        here = trace.set_span_in_context(span if _is_recorded() else _sampled(span))
        TraceContextTextMapPropagator().inject(carrier, here)
        yield {key.upper(): value for key, value in carrier.items()}


def trace_id_of(carrier: Mapping[str, str]) -> str:
    """Return the trace that headers name, in hexadecimal; empty if they name none."""
    parts = carrier.get("traceparent", "").split("-")
    is_whole = len(parts) == 4 and len(parts[1]) == 32 and parts[1].strip("0")
    return parts[1] if is_whole else ""


def _is_recorded() -> bool:
    """Return whether somebody configured tracing in this process: then its sampling is what counts."""
    from opentelemetry import trace

    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def _sampled(span: Span) -> Span:
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

    known = span.get_span_context()
    sampled = TraceFlags(known.trace_flags | TraceFlags.SAMPLED)
    return NonRecordingSpan(
        SpanContext(known.trace_id, known.span_id, known.is_remote, sampled, known.trace_state)
    )
