"""The log of a command on standard error: lines of text for people, or of JSON for programs.

``PRAXI_LOG_FORMAT`` chooses. A line of JSON is one object: ``timestamp``, ``level``, ``logger``, ``event``
(what is said), ``trace_id`` and ``span_id`` where traces are recorded, ``exception`` (a traceback) and
whatever else was given with the record.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

import msgspec

from praxi_tasks.environment import read
from praxi_tasks.errors import PraxiError
from praxi_tasks.printable import PrintableFormatter, printable_json
from praxi_tasks.tracing import trace_ids

VARIABLE: Final = "PRAXI_LOG_FORMAT"
TEXT: Final = "text"
JSON: Final = "json"

_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LOGGER: Final = "praxi"
_OWN: Final = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "color_message"})
"""What every record has, and uvicorn's message again, for terminals; all else was given with it."""


class JsonFormatter(PrintableFormatter):
    """Formats each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's object; what JSON can't hold of it as text."""
        entry: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        entry |= trace_ids()
        entry |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return printable_json(msgspec.json.encode(_encodable(entry), enc_hook=str)).decode()


def _encodable(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with halves of characters, which UTF-8 can't hold, as escapes."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in entry.items()
    }


def configure_log(level: int) -> None:
    """Write records of at least a level to standard error, in the form that the variable asks for.

    Raises
    ------
    UsageError
        If it names no form.
    """
    form = read(VARIABLE, _form, TEXT)
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter() if form == JSON else PrintableFormatter(_LINE))
        root.addHandler(handler)
    if _writes(PrintableFormatter):  # or somebody else's handlers are there, whose level is theirs
        root.setLevel(level)
    if _writes(JsonFormatter):
        sys.excepthook = _log_uncaught


def last_line(error: PraxiError) -> str:
    """Return the line that says why a command ended."""
    if _writes(JsonFormatter):
        given = {"code": error.code, "where": error.where, "action": error.action}
        return _json_line(logging.ERROR, str(error), **{name: text for name, text in given.items() if text})
    return f"praxi: {error.code}: {error}"


def notice(message: str) -> str:
    """Return a line that warns, for where no record can be logged."""
    return _json_line(logging.WARNING, message) if _writes(JsonFormatter) else f"praxi: {message}"


def _writes(form: type[logging.Formatter]) -> bool:
    return any(isinstance(handler.formatter, form) for handler in logging.getLogger().handlers)


def _json_line(level: int, message: str, **given: str) -> str:
    fields = {"name": _LOGGER, "levelno": level, "levelname": logging.getLevelName(level), "msg": message}
    return JsonFormatter().format(logging.makeLogRecord(fields | given))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(_LOGGER).critical("ended by an error nobody expected", exc_info=(kind, error, trace))


def _form(text: str) -> str:
    if text.lower() not in {TEXT, JSON}:
        raise ValueError(f"{text[:40]!r} is neither {TEXT} nor {JSON}")
    return text.lower()
