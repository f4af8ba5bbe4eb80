"""What the service counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from praxi_tasks.serving.work import Refusal, Reply
from praxi_tasks.tracing import trace_ids

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_OPENMETRICS: Final = "application/openmetrics-text"
_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """The service's own metrics; every version has its own series."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "praxi_serve_requests", "Requests by route and status", ["route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "praxi_serve_request_seconds",
            "Seconds of a request",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._items = Counter(
            "praxi_serve_items", "Layers and changesets answered", ["version", "outcome"], registry=registry
        )
        self._shadowed = Counter(
            "praxi_serve_shadowed",
            "Items that a version was asked as a shadow",
            ["version"],
            registry=registry,
        )
        self._waiting = Gauge(
            "praxi_serve_waiting", "Items that wait for a worker", ["version"], registry=registry
        )
        self._reload_failures = Counter(
            "praxi_serve_reload_failures",
            "Times that versions could not be looked up or loaded",
            registry=registry,
        )
        self.not_compared = Counter(
            "praxi_serve_not_compared", "Items that shadows had no time for", registry=registry
        )
        self._compared = Counter(
            "praxi_serve_compared",
            "Items that two versions answered",
            ["version", "agrees"],
            registry=registry,
        )
        self._audits = Counter("praxi_serve_audits", "Audits by how they ended", ["state"], registry=registry)

    def requested(self, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is its pattern, of which there are few. Exemplars name its trace."""
        exemplar = trace_ids() or None
        self._requests.labels(route, str(status)).inc(exemplar=exemplar)
        self._seconds.labels(route).observe(seconds, exemplar)

    def answered(self, version: str, replies: Sequence[Reply]) -> None:
        """Count what a version answered."""
        refused = sum(isinstance(reply, Refusal) for reply in replies)
        self._items.labels(version, "answered").inc(len(replies) - refused)
        self._items.labels(version, "refused").inc(refused)

    def shadowed(self, version: str) -> None:
        """Count an item that a shadow answered."""
        self._shadowed.labels(version).inc()

    def compared(self, version: str, *, agrees: bool) -> None:
        """Count an item that a shadow answered like the version that has a weight, or otherwise."""
        self._compared.labels(version, str(agrees).lower()).inc()

    def reload_failed(self) -> None:
        """Count a refresh that left the models as they were."""
        self._reload_failures.inc()

    def audited(self, state: str) -> None:
        """Count an audit that ended."""
        self._audits.labels(state).inc()

    def exposition(self, waiting: dict[str, int], accept: str = "") -> tuple[bytes, str]:
        """Return all of it and its media type: OpenMetrics, which has exemplars, for who accepts that.

        Parameters
        ----------
        accept
            The request's header.
        """
        self._waiting.clear()
        for version, count in waiting.items():
            self._waiting.labels(version).set(count)
        if _OPENMETRICS in accept:
            content: bytes = openmetrics.generate_latest(self.registry)  # type: ignore[no-untyped-call]
            return content, openmetrics.CONTENT_TYPE_LATEST
        return generate_latest(self.registry), _TEXT
