"""Follows the log of a pod: each line once, however often the stream ends before the container does.

Kubernetes tells a container's end up to seconds after its log has ended, and can be asked only for the lines
of the last so many whole seconds. Airflow's own reader therefore warns and logs the last lines twice where
nothing is wrong, and loses lines where a stream breaks as the container ends.
"""

from __future__ import annotations

import logging
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Final

from praxi_airflow.runners.log_relay import LONGEST_LINE, LogRelay

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

logger = logging.getLogger(__name__)

PAUSE: Final = 0.5
"""Seconds between two looks at whether the container has ended; the first ones follow each other faster."""

_OVERLAP: Final = 60.0  # seconds that are asked for again: lines may reach us late, and are told apart
_REMEMBERED: Final = 1000  # lines by which it is found where to go on
_CHUNK: Final = 1 << 16

Stamp = tuple[datetime, int]
"""A line's time to the second, and its nanoseconds."""


class PodLog:
    """Reads the log of one container into the task's.

    Parameters
    ----------
    relay
        Takes each line.
    """

    def __init__(self, relay: LogRelay | None = None) -> None:
        self._relay = relay or LogRelay()
        self._recent: deque[tuple[Stamp, str]] = deque()
        self._before: Stamp | None = None
        self._read_at = 0.0

    def follow(
        self, read: Callable[[bool, int | None], BaseHTTPResponse], is_running: Callable[[], bool]
    ) -> None:
        """Relay the log until the container has ended, and what it wrote by then has been read.

        Parameters
        ----------
        read
            Opens the log, with a stamp before each line: whether to wait for more, and of how many of the
            last seconds, None for all.
        is_running
            Whether the container still runs.
        """
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        pause = PAUSE / 4
        while True:
            runs = is_running()  # looked at before reading: then the last reading finds all that was written
            try:
                with closing(read(runs, self._seconds())) as response:
                    self._relay_new(_lines(response.stream(_CHUNK), is_last=not runs))
            except ReadTimeoutError:
                continue  # it had nothing to say for a while
            except HTTPError as error:
                logger.info("the stream of the pod's log broke (%s); going on behind the last line", error)
                runs = True  # perhaps not, but there may be more to read
            if not runs:
                return
            time.sleep(pause)
            pause = min(2 * pause, PAUSE)

    def _seconds(self) -> int | None:
        """Return of how many seconds the lines are needed, by this machine's clock alone."""
        return math.ceil(time.monotonic() - self._read_at + _OVERLAP) if self._recent else None

    def _relay_new(self, lines: Iterable[str]) -> None:
        """Relay lines but for those that were; stamps are not unique, and not quite in order."""
        known, before = Counter(self._recent), self._before
        for line in lines:
            text, _, rest = line.partition(" ")
            stamp = _stamp(text)
            if stamp is None:  # no line of a log: what the node says where it can't read one
                self._relay.write(line)
                continue
            if before is not None and stamp <= before:
                continue
            if known[stamp, rest]:
                known[stamp, rest] -= 1
                continue
            self._remember(stamp, rest)
            if rest:
                self._relay.write(rest, text)

    def _remember(self, stamp: Stamp, text: str) -> None:
        self._recent.append((stamp, text))
        self._read_at = time.monotonic()
        if len(self._recent) > _REMEMBERED:
            forgotten, _ = self._recent.popleft()
            self._before = max(self._before or forgotten, forgotten)


def _stamp(text: str) -> Stamp | None:
    """Return what a stamp as of RFC 3339 says; None if it is none."""
    whole, _, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    try:
        moment = datetime.fromisoformat(whole + rest[len(digits) :])
        return (moment, int(digits[:9].ljust(9, "0"))) if moment.tzinfo else None
    except ValueError:
        return None


def _lines(chunks: Iterable[bytes], *, is_last: bool) -> Iterator[str]:
    """Yield complete lines, cut where they are too long, and at the log's end what stands behind the last."""
    rest = b""
    for chunk in chunks:
        *complete, rest = (rest + chunk).split(b"\n")
        yield from map(_text, complete)
        rest = rest[: LONGEST_LINE + _CHUNK]  # what is longer is cut anyway
    if rest and is_last:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line[: LONGEST_LINE + _CHUNK].decode("utf-8", "backslashreplace").rstrip("\r")
