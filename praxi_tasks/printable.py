r"""Makes text of images, registries and feeds safe for its reader: a terminal, a log, a message, a page.

Such text may hold escape sequences that repaint a terminal, line breaks that forge a line of a log, marks
that turn the direction of writing, and halves of characters that no file can hold. All of them are shown as
the escapes that Python would write: ``\x1b``, ``\n``, ``\u202e``, ``\udcff``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def printable(text: str, most: int = 0) -> str:
    r"""Return a text as one line of printable characters.

    Parameters
    ----------
    most
        Longest line in characters; what is longer ends in an ellipsis. 0 is any length.

    Examples
    --------
    >>> printable("red\x1b[31m")
    'red\\x1b[31m'
    """
    if most and len(text) > most:
        text = f"{text[: most - 1]}…"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def one_line(text: str, most: int = 2000) -> str:
    """Return a message as one printable line of at most ``most`` characters and a mark where it was cut."""
    line = printable(" ".join(text.split("\n")))
    return line if len(line) <= most else f"{line[:most]}…"


def printable_lines(text: str) -> str:
    """Return a text whose line breaks are meant, each line printable."""
    return "\n".join(map(printable, text.split("\n")))


def printable_tree(value: Any) -> Any:
    """Return a document's plain data (mappings, sequences, texts) with every text printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable_tree(name): printable_tree(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [printable_tree(each) for each in value]
    return value


class PrintableFormatter(logging.Formatter):
    """Formats each record as one printable line; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line of a record, before any traceback."""
        record.message = printable(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """Return the lines of a traceback; its last ones say what an error says."""
        return printable_lines(super().formatException(ei))
