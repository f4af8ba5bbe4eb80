from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

from praxi_airflow.intervals import DAY, audit_interval

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_scheduled_run_covers_its_data_interval() -> None:
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    context = {
        "data_interval_start": start,
        "data_interval_end": end,
        "dag_run": SimpleNamespace(run_after=NOON),
    }
    assert audit_interval(context) == (start, end)


def test_a_manual_run_without_interval_covers_the_day_before_it_was_due() -> None:
    assert audit_interval({"dag_run": SimpleNamespace(run_after=NOON)}) == (NOON - DAY, NOON)


def test_an_interval_of_no_width_counts_as_none() -> None:
    context = {
        "data_interval_start": NOON,
        "data_interval_end": NOON,
        "dag_run": SimpleNamespace(run_after=NOON),
    }
    assert audit_interval(context) == (NOON - DAY, NOON)


def test_times_are_in_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    interval = audit_interval({"dag_run": SimpleNamespace(run_after=NOON.astimezone(east))})
    assert str(interval) == "2026-03-01T12:00:00+00:00/2026-03-02T12:00:00+00:00"
