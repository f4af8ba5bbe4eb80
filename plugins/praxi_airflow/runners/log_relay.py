"""Writes what a command logs into the task's log: each record once, at its level, under its logger's name."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import structlog

from praxi_tasks.json_decoding import decode
from praxi_tasks.printable import printable, printable_lines, printable_tree

LONGEST_LINE: Final = 1 << 16
"""Characters of a line; what is longer is cut."""

_LOGGER: Final = "praxi"
_LEVELS: Final = logging.getLevelNamesMapping()
_TEXT: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) (?P<logger>[\w.]{1,200}): (?P<event>.*)"
)
_NAME: Final = re.compile(r"[A-Za-z_][\w.]{0,199}")
# What ends a command is an error: its own words, click's, and the interpreter's, which take several lines.
_ENDS: Final = re.compile(r"praxi: [\w-]+: |Error: ")
_CRASHES: Final = re.compile(r"Traceback \(most recent call last\):|Fatal Python error: ")
# Names that structlog and Airflow read themselves.
_TAKEN: Final = frozenset(
    {"event", "level", "logger", "logger_name", "timestamp", "exception", "exc_info", "stack_info", "stack"}
)


class _Record(NamedTuple):
    level: int
    logger: str
    event: str
    given: dict[str, Any]


class LogRelay:
    """Relays a command's lines in the order in which it wrote them."""

    def __init__(self) -> None:
        self._crashes = False

    def write(self, line: str, stamp: str = "") -> None:
        """Write one line into the task's log.

        Parameters
        ----------
        line
            A record as :mod:`praxi_tasks.cli.log_format` writes it, or anything else that was printed.
        stamp
            When it was written, if that is known; a record of JSON says so itself.
        """
        record = _json_record(line) or self._text_record(line)
        if _is_time(stamp):
            record.given.setdefault("timestamp", stamp)
        structlog.get_logger(record.logger).log(record.level, record.event, **record.given)

    def _text_record(self, line: str) -> _Record:
        text = printable(line[:LONGEST_LINE].expandtabs())
        found = _TEXT.fullmatch(text)
        if found and found["level"] in _LEVELS:
            self._crashes = False
            return _Record(_LEVELS[found["level"]], found["logger"], found["event"], {})
        self._crashes = self._crashes or bool(_CRASHES.match(text))
        is_error = self._crashes or _ENDS.match(text)
        return _Record(logging.ERROR if is_error else logging.INFO, _LOGGER, text, {})


def _json_record(line: str) -> _Record | None:
    """Return what a line of JSON says; None if it is no record."""
    if not line.startswith("{") or len(line) > LONGEST_LINE:
        return None
    try:
        found = decode(line.encode("utf-8", "surrogateescape"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    level = _LEVELS.get(str(found.get("level")).upper())
    if level is None or not isinstance(found.get("event"), str):
        return None
    said = found["event"]
    trace = f"\n{found['exception']}" if isinstance(found.get("exception"), str) else ""
    given = {
        str(name): printable_tree(value)
        for name, value in found.items()
        if name not in _TAKEN and _NAME.fullmatch(name)
    }
    if _is_time(found.get("timestamp")):
        given["timestamp"] = found["timestamp"]
    name = str(found.get("logger"))
    logger = name if _NAME.fullmatch(name) else _LOGGER
    return _Record(level, logger, printable(said) + printable_lines(trace), given)


def _is_time(value: object) -> bool:
    """Return whether a value is a time as Airflow reads it: RFC 3339, with a zone."""
    try:
        return msgspec.convert(value, datetime).tzinfo is not None
    except msgspec.ValidationError:
        return False
