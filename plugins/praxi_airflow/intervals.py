"""The interval of time that a Dag run covers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

DAY: Final = timedelta(days=1)


class Interval(NamedTuple):
    """Times from ``start`` up to, and without, ``end``; both in UTC."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def audit_interval(context: Mapping[str, Any]) -> Interval:
    """Return the run's data interval; for a manual run without one, the day before it was due.

    Parameters
    ----------
    context
        A task's context.
    """
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start is None or end is None or end <= start:
        due = context["dag_run"].run_after
        start, end = due - DAY, due
    return Interval(_utc(start), _utc(end))


def _utc(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp(), tz=UTC)
