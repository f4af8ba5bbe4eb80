"""Container logs from the file the runtime writes, in the form the API streams them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

_INTERVAL = 0.1


async def lines(
    path: Path,
    *,
    timestamps: bool,
    since: timedelta | None,
    running: Callable[[], bool],
) -> AsyncIterator[bytes]:
    """Yield the log's lines; while the container runs, wait for more.

    Parameters
    ----------
    path
        A file of lines ``TIME STREAM TAG MESSAGE``, as container runtimes write them for kubelets.
    timestamps
        Whether each line starts with its time.
    since
        How old a line may be.
    running
        Whether more may come; to read what is there now, always False.
    """
    oldest = datetime.now(UTC) - since if since else None
    whole = _Joiner()
    with path.open("rb") as file:
        rest = b""
        while True:
            last = not running()
            rest += file.read()
            *complete, rest = rest.split(b"\n")
            for line in complete:
                if (entry := whole.feed(line)) and (oldest is None or _time(entry[0]) >= oldest):
                    yield (entry[0] + b" " if timestamps else b"") + entry[1] + b"\n"
            if last:
                return
            await asyncio.sleep(_INTERVAL)


class _Joiner:
    """Puts the pieces of a line together: the runtime tags a piece ``P`` and a line's end ``F``."""

    def __init__(self) -> None:
        self._pieces: dict[bytes, bytes] = {}

    def feed(self, line: bytes) -> tuple[bytes, bytes] | None:
        """Take a piece; return time and text when it completes a line."""
        when, stream, tag, text = line.split(b" ", 3)
        joined = self._pieces.pop(stream, b"") + text
        if tag == b"F":
            return when, joined
        self._pieces[stream] = joined
        return None


def _time(stamp: bytes) -> datetime:
    """Parse a stamp, cutting nanoseconds to what Python's clock knows."""
    whole, _, fraction = stamp.decode().partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]}{fraction[9:]}")
