"""What a task says of a command that did not end well."""

from __future__ import annotations

import signal
from typing import Final

from praxi_tasks.errors import ExitCode

_AGAIN: Final = "the next try goes on where it was"
_OUTSIDE: Final = {
    signal.SIGKILL: "the machine or its container ran short of memory, or somebody killed it",
    signal.SIGTERM: "its machine is going down, or somebody ended it",
    signal.SIGINT: "somebody ended it",
    signal.SIGHUP: "its machine is going down, or somebody ended it",
}
"""Signals that come from outside: a command that gets one has said nothing of it in its log."""


def is_retryable(code: int) -> bool:
    """Return whether a command that ended with this exit code is tried again."""
    return code == ExitCode.TEMPFAIL or signal_of(code) is not None


def signal_of(code: int) -> int | None:
    """Return the number of the signal that ended a command; a shell and a container add 128 to it."""
    if code < 0:
        return -code
    return code - 128 if code > 128 else None


def explain_code(command: str, code: int) -> str:
    """Return what a task says of a command that ended with this exit code."""
    number = signal_of(code)
    if number is None or number not in set(signal.Signals):
        return f"praxi {command} ended with exit code {code}; the reason is in the log above"
    died = signal.Signals(number)
    if died in _OUTSIDE:
        return f"praxi {command} was ended from outside by {died.name}: {_OUTSIDE[died]}; {_AGAIN}"
    return f"praxi {command} died by {died.name}; the log above ends with what it was at"
