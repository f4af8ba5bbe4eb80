"""How fast an index is asked: few requests at a time, and none while it wants to be left alone.

Every thread of a process that asks one host takes a turn with the others. A host that answers 429 or 503 is
left alone by all of them for as long as it says, or for longer each time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore, Lock
from typing import Final, TypeVar
from urllib.parse import urlsplit

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import HttpError, HttpStatusError

T = TypeVar("T")

REQUESTS: Final = "PRAXI_LEARN_REQUESTS"
"""The variable that says how many requests one process sends to one host at a time."""

_MOST_REQUESTS: Final = 8
_TRIES: Final = 6
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 120.0
_BUSY: Final = frozenset({429, 503})


class Pace:
    """The turns of one host.

    Parameters
    ----------
    most
        How many requests it gets at a time.
    sleep, now
        Pass the time and tell it, in seconds.
    """

    def __init__(
        self,
        most: int,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._turns = BoundedSemaphore(most)
        self._lock = Lock()
        self._sleep = sleep
        self._now = now
        self._quiet_until = 0.0

    def ask(self, request: Callable[[], T]) -> T:
        """Send a request when it is its turn, and again where the host is only busy.

        Raises
        ------
        HttpError
            What the request raised last.
        """
        for attempt in range(_TRIES):
            try:
                with self._turn():
                    return request()
            except HttpStatusError as error:
                if error.status not in _BUSY or attempt == _TRIES - 1:
                    raise
                wait = _FIRST_WAIT * 2**attempt if error.wait is None else error.wait
                self._leave_alone(min(wait, _LONGEST_WAIT))
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._turns:
            while (wait := self._wait()) > 0:  # others may have been told to wait longer meanwhile
                self._sleep(wait * random.uniform(1.0, 1.2))  # noqa: S311 - so that not all ask at once
            yield

    def _wait(self) -> float:
        """Return how many seconds the host is still to be left alone."""
        with self._lock:
            return self._quiet_until - self._now()

    def _leave_alone(self, seconds: float) -> None:
        with self._lock:
            self._quiet_until = max(self._quiet_until, self._now() + seconds)


def paced(url: str, request: Callable[[], T]) -> T:
    """Send a request to a URL's host when it is its turn; see :meth:`Pace.ask`.

    Raises
    ------
    HttpError
        What the request raised last.
    UsageError
        If the setting is no whole number greater than zero.
    """
    try:
        host = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError as error:
        raise HttpError("not a URL") from error
    return _pace_of(host, read(REQUESTS, whole_number, _MOST_REQUESTS)).ask(request)


@lru_cache(maxsize=64)
def _pace_of(host: str, most: int) -> Pace:  # noqa: ARG001 - each host has its own
    return Pace(most)
