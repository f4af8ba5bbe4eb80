"""Remembers which sites want to be left alone, so that a mirroring of many feeds waits for each site once."""

from __future__ import annotations

import threading
import time
from typing import Final

from praxi_tasks.errors import FeedError
from praxi_tasks.http import LONGEST_WAIT

_LONGEST_PEACE: Final = 600.0
"""Seconds for which a site is left alone at most, whatever it asks: a process may live long."""
_REFUSALS: Final = 5
"""Failures in a row, each after all tries, that count as a site's wish to be left alone."""


class BusyHosts:
    """Sites that failed because they are busy or away; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, tuple[float, str]] = {}
        self._failures: dict[str, int] = {}

    def check(self, host: str, where: str) -> None:
        """Do nothing unless a host is to be left alone.

        Raises
        ------
        FeedError
            With what it failed with before.
        """
        with self._lock:
            until, what = self._until.get(host, (0.0, ""))
        left = until - time.monotonic()
        if left > 0:
            raise FeedError(
                f"the feed: {what} before, and is not asked again for {left:.0f} seconds",
                where=where,
                action="try again later",
            )

    def failed(self, host: str, what: str, wait: float | None = None) -> None:
        """Note that a host failed at last, for a reason that passes, and for how long it asks to wait.

        One that asks for more than anybody here waits is left alone at once, others when that happens again
        and again.
        """
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            if (wait or 0.0) > LONGEST_WAIT or self._failures[host] >= _REFUSALS:
                peace = min(max(wait or 0.0, LONGEST_WAIT), _LONGEST_PEACE)
                self._until[host] = (time.monotonic() + peace, what)
                self._failures[host] = 0

    def answered(self, host: str) -> None:
        """Note that a host answered."""
        with self._lock:
            self._failures.pop(host, None)


BUSY: Final = BusyHosts()
"""Those of this process."""
