"""One command as one span, and the end of its recording, which keeps nothing and nobody waiting for long."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from praxi_tasks.environment import read_text
from praxi_tasks.tracing.settings import TracingSettings
from praxi_tasks.tracing.spans import install, installed

if TYPE_CHECKING:
    from praxi_tasks.tracing.recorder import SdkRecorder

logger = logging.getLogger(__name__)

_GRACE: Final = 2.0
"""Seconds that a receiver may take for what is left at a command's end."""
_LAST_GRACE: Final = 1.5
"""The same for a command that was asked to end, which Airflow waits three seconds for."""


@contextmanager
def traced_command(name: str) -> Iterator[None]:
    """Record the block as the command ``name``, if that is one, below the span that ``TRACEPARENT`` names.

    What is logged after it still says which trace it belongs to. A receiver that is slow, down or wrong costs
    its records and two seconds, never the command.
    """
    recorder = _start(name) if name else None
    if recorder is None:
        yield
        return
    install(recorder)
    carrier = {"traceparent": read_text("TRACEPARENT"), "tracestate": read_text("TRACESTATE")}
    try:
        with recorder.command(f"praxi {name}", carrier):
            yield
    finally:
        recorder.finish(_GRACE)


@contextmanager
def traced_service(name: str) -> Iterator[None]:
    """Let requests to a service be recorded while the block runs; see :func:`traced_command`."""
    recorder = _start(name, is_service=True)
    if recorder is None:
        yield
        return
    install(recorder)
    try:
        yield
    finally:
        recorder.finish(_GRACE)


def abandon() -> None:
    """Send what was recorded, the spans that are open as failed ones: the process ends at once."""
    recorder = installed()
    if recorder is not None:
        recorder.abandon(_LAST_GRACE)


def _start(name: str, *, is_service: bool = False) -> SdkRecorder | None:
    """Return what records; None where nothing is to be recorded, or can't be.

    Whatever is wrong with variables or libraries of tracing is told, and the command goes on without.
    """
    try:
        settings = TracingSettings.from_environment()
        if not (settings.traces or settings.metrics):
            return None
        from praxi_tasks.tracing.recorder import SdkRecorder

        return SdkRecorder(settings, name, is_service=is_service)
    except Exception as error:
        logger.warning("no traces are sent: %s", error)
        return None
