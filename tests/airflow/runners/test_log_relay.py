"""Lines of a command become records of the task's log: level, logger and fields stay."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from praxi_airflow.runners.log_relay import LONGEST_LINE, LogRelay
from praxi_tasks.cli.log_format import JsonFormatter


def relayed(*lines: str, stamp: str = "") -> list[dict[str, Any]]:
    relay = LogRelay()
    with capture_logs() as told:
        for line in lines:
            relay.write(line, stamp)
    return [dict(record) for record in told]


def test_a_record_of_json_keeps_all_it_says() -> None:
    record = logging.makeLogRecord({
        "name": "praxi_tasks.oci", "levelno": logging.ERROR, "levelname": "ERROR",
        "msg": "no such layer", "image": "shop:1", "sizes": [1, 2],
    })  # fmt: skip
    (found,) = relayed(JsonFormatter().format(record), stamp="2026-03-01T10:00:00.5Z")
    assert found.pop("timestamp").endswith("+00:00")  # the record's own, not when the node wrote it
    assert found == {
        "log_level": "error", "event": "no such layer", "image": "shop:1", "sizes": [1, 2],
    }  # fmt: skip


def test_a_traceback_stands_behind_what_was_said() -> None:
    line = json.dumps({"level": "critical", "event": "ended", "exception": "Traceback:\nValueError: \x1b"})
    (found,) = relayed(line)
    assert (found["log_level"], found["event"]) == ("critical", "ended\nTraceback:\nValueError: \\x1b")


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "{}",
        "[1]",
        '{"level": "loud", "event": "x"}',
        '{"level": "info", "event": 3}',
        '{"level": ["error"], "event": "x"}',
        '{"event": "no level"}',
        '{"level": "error", "event": "' + "x" * LONGEST_LINE + '"}',
        "[" * 5000,
    ],
)
def test_other_json_is_a_line_like_any_other(line: str) -> None:
    (found,) = relayed(line)
    assert (found["log_level"], found["event"]) == ("info", line[:LONGEST_LINE])


def test_what_airflow_reads_itself_can_not_be_given() -> None:
    line = json.dumps({
        "level": "info", "event": "x", "logger_name": "evil", "exc_info": True, "stack_info": 1,
        "timestamp": "20260301T100000Z", "0": 1, "a b": 2, "text": "\u202e",
    })  # fmt: skip
    assert relayed(line) == [{"log_level": "info", "event": "x", "text": "\\u202e"}]


@pytest.mark.parametrize(
    ("line", "level", "event"),
    [
        ("2026-03-01 10:00:00,123 WARNING praxi.oci: slow", "warning", "slow"),
        ("2026-03-01 10:00:00,123 INFO praxi.oci: ", "info", ""),
        ("praxi: final: no such image (shop:1); correct it", "error", None),
        ("praxi: asked to end: what is done is in the store", "info", None),
        ("Error: No such option: --nope", "error", None),
        ("ERROR in a table", "info", None),
        ("3 images \x1b[31m", "info", "3 images \\x1b[31m"),
    ],
)
def test_lines_of_text_have_the_level_they_name(line: str, level: str, event: str | None) -> None:
    (found,) = relayed(line, stamp="2026-03-01T10:00:00.123456789Z")
    assert (found["log_level"], found["event"]) == (level, line if event is None else event)
    assert found["timestamp"] == "2026-03-01T10:00:00.123456789Z"


def test_the_lines_of_a_crash_are_errors_until_somebody_logs_again() -> None:
    told = relayed(
        "reading", "Traceback (most recent call last):", '  File "x.py", line 1', "ValueError: bad",
        "2026-03-01 10:00:00,123 INFO praxi.oci: going on", "done",
    )  # fmt: skip
    assert [record["log_level"] for record in told] == ["info", "error", "error", "error", "info", "info"]


@given(st.text())
def test_any_line_is_one_printable_record(line: str) -> None:
    (found,) = relayed(line)
    assert found["event"].isprintable() or "exception" in line
