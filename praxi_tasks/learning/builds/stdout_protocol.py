"""Transfers bytes out of a pod that can't reach the store: as numbered lines of its standard output.

Each line is ``praxi-result NUMBER/COUNT BASE64``. The reader accepts 4.5 MiB at most and does not parse the
payload. This module needs the standard library alone, for Airflow's workers import it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

MOST_LINES: Final = 512
"""How many lines a result may have; with the longest lines it is 4.5 MiB."""

_BYTES: Final = 9_000  # in base64 below the 16 KiB at which container runtimes cut a line
_LINE: Final = re.compile(r"praxi-result (\d{1,4})/(\d{1,4}) ([A-Za-z0-9+/=]{0,12000})")


def to_lines(data: bytes) -> Iterator[str]:
    """Yield the lines that transfer ``data``.

    Raises
    ------
    ValueError
        If it needs more than ``MOST_LINES`` lines.
    """
    parts = [data[start : start + _BYTES] for start in range(0, len(data), _BYTES)] or [b""]
    if len(parts) > MOST_LINES:
        raise ValueError(f"{len(data):,} bytes are too many for a result")
    for number, part in enumerate(parts, 1):
        yield f"praxi-result {number}/{len(parts)} {binascii.b2a_base64(part, newline=False).decode()}"


class Listener:
    """Collects the lines of a result from the output of a pod."""

    def __init__(self) -> None:
        self._parts: dict[int, bytes] = {}
        self._count = 0

    def take(self, line: str) -> bool:
        """Read one line; return whether it belongs to the result."""
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
        """The transferred bytes; ``None`` while lines are missing."""
        wanted = range(1, self._count + 1)
        if not wanted or any(number not in self._parts for number in wanted):
            return None
        return b"".join(self._parts[number] for number in wanted)
