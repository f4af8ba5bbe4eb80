"""What the rest of Praxi says to tracing; where that is off, all of it does nothing.

Spans follow OpenTelemetry's semantic conventions. Attributes are never credentials: URLs are redacted, and of
an error only its kind is told, and its text where it is one of :mod:`praxi_tasks.errors`, which holds no
secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from types import MappingProxyType, TracebackType
from typing import Final, NamedTuple, Protocol, Self

Value = str | bool | int | float
Attributes = Mapping[str, Value]

_NONE: Final[Attributes] = MappingProxyType({})


class Kind(StrEnum):
    """What a span is at: work of its own, a request to another service, or what was asked for before."""

    INTERNAL = "INTERNAL"
    CLIENT = "CLIENT"
    CONSUMER = "CONSUMER"


class Span(Protocol):
    """A span while it is open."""

    def set(self, name: str, value: Value) -> None:
        """Give it an attribute."""

    def rename(self, name: str) -> None:
        """Give it the name that became known while it was open."""

    def fail(self, kind: str) -> None:
        """Mark it as failed; ``kind`` is a word of few values, such as a status code."""


class Sample(NamedTuple):
    """One value of a metric, with its labels."""

    name: str
    about: str
    labels: Mapping[str, str]
    value: float


class Recorder(Protocol):
    """What keeps spans and measurements until they are sent."""

    def span(self, name: str, kind: Kind, attributes: Attributes) -> AbstractContextManager[Span]:
        """Open a span below the one that is open in this thread, or below the command's."""

    def request(
        self, name: str, carrier: Mapping[str, str], attributes: Attributes
    ) -> AbstractContextManager[Span]:
        """Open the span of a request to this service, below the one that its headers name."""

    def headers(self) -> dict[str, str]:
        """Return the headers that name the open span."""

    def ids(self) -> dict[str, str]:
        """Return the ids of the open span."""

    def observe(self, name: str, seconds: float, attributes: Attributes) -> None:
        """Add a duration to a histogram."""

    def publish(self, samples: Iterable[Sample]) -> None:
        """Let gauges have these values from now on."""

    def abandon(self, seconds: float) -> None:
        """End what is open and send it, for so long at most."""


class _NoSpan:
    """Stands for every span where tracing is off."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def set(self, name: str, value: Value) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def fail(self, kind: str) -> None:
        pass


NO_SPAN: Final = _NoSpan()


class _State:
    recorder: Recorder | None = None


def install(recorder: Recorder | None) -> None:
    """Let this process record; None ends that."""
    _State.recorder = recorder


def installed() -> Recorder | None:
    """Return what records in this process, if anything does."""
    return _State.recorder


def is_on() -> bool:
    """Return whether spans are recorded: for what would cost something to prepare."""
    return _State.recorder is not None


def span(
    name: str, kind: Kind = Kind.INTERNAL, attributes: Attributes = _NONE
) -> AbstractContextManager[Span]:
    """Return a context that is one span, which fails with the error that leaves the block.

    Parameters
    ----------
    name
        Of few values: what is done, not to what.
    attributes
        What it is done to; see the module for what must not be in them.
    """
    recorder = _State.recorder
    return NO_SPAN if recorder is None else recorder.span(name, kind, attributes)


def request_span(
    name: str, carrier: Mapping[str, str], attributes: Attributes = _NONE
) -> AbstractContextManager[Span]:
    """Return a context that is the span of a request to this service; see :func:`span`.

    Parameters
    ----------
    carrier
        The request's headers ``traceparent`` and ``tracestate``: whoever sent it is the parent.
    """
    recorder = _State.recorder
    return NO_SPAN if recorder is None else recorder.request(name, carrier, attributes)


def trace_headers() -> dict[str, str]:
    """Return the W3C headers by which another service continues the trace; none where tracing is off."""
    recorder = _State.recorder
    return {} if recorder is None else recorder.headers()


def trace_ids() -> dict[str, str]:
    """Return ``trace_id`` and ``span_id`` of what is done here, in hexadecimal, for logs; or nothing."""
    recorder = _State.recorder
    return {} if recorder is None else recorder.ids()


def observe(name: str, seconds: float, attributes: Attributes = _NONE) -> None:
    """Add a duration to the histogram of that name; inside a span, an exemplar links it to the trace."""
    recorder = _State.recorder
    if recorder is not None:
        recorder.observe(name, seconds, attributes)


def publish(samples: Iterable[tuple[str, str, Mapping[str, str], float]]) -> None:
    """Send values of gauges by OTLP: name, meaning, labels and value of each; nothing where it is off."""
    recorder = _State.recorder
    if recorder is not None:
        recorder.publish(Sample(*each) for each in samples)
