r"""Makes text of images, registries and feeds safe for its reader: a terminal, a log, a message, a page.

Such text may hold escape sequences that repaint a terminal, line breaks that forge a line of a log, marks
that turn the direction of writing, and halves of characters that no file can hold. All of them are shown as
the escapes that Python would write: ``\x1b``, ``\n``, ``\u202e``, ``\udcff``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

_UNSAFE: Final = re.compile(rb"[\x7f-\xff]")
_BLANK: Final = "\n\r\t"  # between JSON's tokens; in its texts they are escapes anyway
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


def printable_json(document: bytes) -> bytes:
    r"""Return a JSON document with what is not printable in its texts as JSON's own escapes: ``\u202e``.

    Whoever decodes it gets the same values, and a terminal or an editor that shows it is safe.

    Examples
    --------
    >>> printable_json('{"a":"\u202e"}'.encode())
    b'{"a":"\\u202e"}'
    """
    if not _UNSAFE.search(document):
        return document
    text = document.decode("utf-8")
    return "".join(char if char.isprintable() or char in _BLANK else _escape(char) for char in text).encode()


def _escape(char: str) -> str:
    """Return JSON's escape of a character; one beyond 16 bits is two."""
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


class PrintableFormatter(logging.Formatter):
    """Formats each record as one printable line; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line of a record, before any traceback."""
        record.message = printable(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """Return the lines of a traceback; its last ones say what an error says."""
        return printable_lines(super().formatException(ei))
