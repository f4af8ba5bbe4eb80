"""How a pod that has no way into the store hands something over: as lines that it prints.

Each line is ``praxi-result NUMBER/COUNT BASE64``. Whoever listens takes no more than a few megabytes, and
understands nothing of what is in them. This module needs the standard library alone: workers listen too.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

MOST_LINES: Final = 512
"""More lines are no result: with the longest lines, 4.5 MiB of it."""

_BYTES: Final = 9_000  # in base64 below the 16 KiB at which container runtimes cut a line
_LINE: Final = re.compile(r"praxi-result (\d{1,4})/(\d{1,4}) ([A-Za-z0-9+/=]{0,12000})")


def to_lines(data: bytes) -> Iterator[str]:
    """Yield the lines that hand ``data`` over.

    Raises
    ------
    ValueError
        If it is too much.
    """
    parts = [data[start : start + _BYTES] for start in range(0, len(data), _BYTES)] or [b""]
    if len(parts) > MOST_LINES:
        raise ValueError(f"{len(data):,} bytes are too many to hand over")
    for number, part in enumerate(parts, 1):
        yield f"praxi-result {number}/{len(parts)} {binascii.b2a_base64(part, newline=False).decode()}"


class Listener:
    """Picks a result out of what a pod prints."""

    def __init__(self) -> None:
        self._parts: dict[int, bytes] = {}
        self._count = 0

    def take(self, line: str) -> bool:
        """Take a line; return whether it was one of the result's."""
        match = _LINE.fullmatch(line.rstrip("\r\n"))
        if match is None:
            return False
        number, count = int(match[1]), int(match[2])
        if 1 <= number <= count <= MOST_LINES:
            try:
                self._parts[number] = binascii.a2b_base64(match[3])
                self._count = count
            except binascii.Error:
                return False
        return True

    @property
    def result(self) -> bytes | None:
        """What was handed over; ``None`` if parts of it are missing."""
        wanted = range(1, self._count + 1)
        if not wanted or any(number not in self._parts for number in wanted):
            return None
        return b"".join(self._parts[number] for number in wanted)
