"""Whether traces and metrics are sent, and where to: OpenTelemetry's own variables."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from praxi_tasks.environment import read, read_text, whole_number

logger = logging.getLogger(__name__)

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The variable that names a receiver of OTLP over HTTP, and thereby switches traces and metrics on."""

_SIGNALS: Final = ("TRACES", "METRICS")
_PROTOCOL: Final = "http/protobuf"
MAX_SPANS: Final = "PRAXI_TRACE_MAX_SPANS"


@dataclass(frozen=True)
class TracingSettings:
    """Which signals are sent.

    Attributes
    ----------
    traces, metrics
        Whether each has a receiver.
    service
        ``OTEL_SERVICE_NAME``; empty for one made of the command's name.
    max_spans
        How many spans a command records, from ``PRAXI_TRACE_MAX_SPANS``: a step over ten thousand images
        sends 40,000 requests, and no viewer shows a trace of so many.
    """

    traces: bool = False
    metrics: bool = False
    service: str = ""
    max_spans: int = 10_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> TracingSettings:
        """Read the settings. What makes no sense is told in the log, and switches tracing off, never more."""
        if read_text("OTEL_SDK_DISABLED", environment=environment).lower() == "true":
            return cls()
        traces, metrics = (_has_receiver(signal, environment) for signal in _SIGNALS)
        service = read_text("OTEL_SERVICE_NAME", environment=environment)
        most = read(MAX_SPANS, whole_number, cls.max_spans, environment)
        return cls(traces, metrics, service, most)


def _has_receiver(signal: str, environment: Mapping[str, str] | None) -> bool:
    def own(name: str) -> str:
        general = read_text(f"OTEL_EXPORTER_OTLP_{name}", environment=environment)
        return read_text(f"OTEL_EXPORTER_OTLP_{signal}_{name}", general, environment)

    if not own("ENDPOINT") or read_text(f"OTEL_{signal}_EXPORTER", "otlp", environment) == "none":
        return False
    protocol = own("PROTOCOL") or _PROTOCOL
    if protocol != _PROTOCOL:
        logger.warning("no %s are sent: OTLP is spoken by %s alone", signal.lower(), _PROTOCOL)
    return protocol == _PROTOCOL
