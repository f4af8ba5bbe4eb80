"""Text out of images in a form that any document, terminal or log line can hold."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a path or name with what can't be printed as escapes: control characters, bytes no UTF-8."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def one_line(text: str, most: int = 2000) -> str:
    """Return a message as one printable line of at most ``most`` characters and a mark where it was cut."""
    line = printable(" ".join(text.split("\n")))
    return line if len(line) <= most else f"{line[:most]}…"


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
