"""Traces and metrics by OpenTelemetry, off unless a receiver is named; nothing else imports its libraries."""

from praxi_tasks.tracing.command import abandon, traced_command, traced_service
from praxi_tasks.tracing.handover import handed_over, trace_id_of
from praxi_tasks.tracing.settings import ENDPOINT
from praxi_tasks.tracing.spans import (
    Kind,
    Span,
    is_on,
    observe,
    publish,
    request_span,
    span,
    trace_headers,
    trace_ids,
)

__all__ = [
    "ENDPOINT",
    "Kind",
    "Span",
    "abandon",
    "handed_over",
    "is_on",
    "observe",
    "publish",
    "request_span",
    "span",
    "trace_headers",
    "trace_id_of",
    "trace_ids",
    "traced_command",
    "traced_service",
]
