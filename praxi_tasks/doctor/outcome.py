"""What a check found, and what a whole examination comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from praxi_tasks.errors import ExitCode, PraxiError

Status = Literal["ok", "warning", "failed", "unavailable", "skipped"]


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one check found.

    ``unavailable`` is what may pass by itself, ``failed`` what will not; a ``warning`` lets audits run.
    ``action`` says what to do.
    """

    name: str
    status: Status
    what: str
    action: str = ""


def attempt(name: str, check: Callable[[], str]) -> Outcome:
    """Do a check that returns what it found, and give the outcome of its error if it raises one."""
    try:
        return Outcome(name, "ok", check())
    except PraxiError as error:
        where = f" ({error.where})" if error.where else ""
        status: Status = "unavailable" if error.retryable else "failed"
        return Outcome(name, status, f"{error.what}{where}", error.action)


def skipped(name: str, why: str, action: str = "") -> Outcome:
    """Return the outcome of a check that could not be made: nothing is said of what it is about."""
    return Outcome(name, "skipped", why, action)


def ending(outcomes: Iterable[Outcome]) -> ExitCode:
    """Return 0 if nothing is in the way of an audit, 75 if all that is may pass by itself, else 3."""
    found = {outcome.status for outcome in outcomes}
    if "failed" in found:
        return ExitCode.UNSEEN
    return ExitCode.TEMPFAIL if "unavailable" in found else ExitCode.OK
