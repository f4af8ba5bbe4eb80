"""Remembers which servers want to be left alone, so that a long list of URLs waits for each server once."""

from __future__ import annotations

import threading
import time
from typing import Final

from praxi_tasks.errors import HttpStatusError
from praxi_tasks.http.transience import LONGEST_WAIT

_LONGEST_PEACE: Final = 600.0
"""Seconds for which a server is left alone at most, whatever it asks: a process may live long."""
_REFUSALS: Final = 5
"""Refusals in a row, each after all tries, that count as a server's wish to be left alone."""


class BusyHosts:
    """Servers that refused because they are busy; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, tuple[float, int]] = {}
        self._refusals: dict[str, int] = {}

    def check(self, host: str, where: str) -> None:
        """Do nothing unless a host is to be left alone.

        Raises
        ------
        HttpStatusError
            As the host answered before, with the seconds that are left of its wait.
        """
        with self._lock:
            until, status = self._until.get(host, (0.0, 0))
        left = until - time.monotonic()
        if left > 0:
            action = "it was not asked again: try again later"
            raise HttpStatusError(status, where=where, action=action, wait=left)

    def refused(self, host: str, status: int, wait: float | None) -> None:
        """Note that a host refused at last, asking to wait for some seconds.

        One that asks for more than anybody here waits is left alone at once, others when that happens again
        and again.
        """
        with self._lock:
            self._refusals[host] = self._refusals.get(host, 0) + 1
            if (wait or 0.0) > LONGEST_WAIT or self._refusals[host] >= _REFUSALS:
                peace = min(max(wait or 0.0, LONGEST_WAIT), _LONGEST_PEACE)
                self._until[host] = (time.monotonic() + peace, status)
                self._refusals[host] = 0

    def answered(self, host: str) -> None:
        """Note that a host answered."""
        if self._refusals.get(host):
            with self._lock:
                self._refusals.pop(host, None)


BUSY: Final = BusyHosts()
"""Those of this process."""
