"""The API server's front door: counts requests, refuses them while told to, and cuts streams."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from aiohttp import web

from tests.support.faults import Faults, Kind

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Gate:
    """Lets requests through to a handler, or answers them as an overloaded API server does.

    Attributes
    ----------
    faults
        What goes wrong with single requests besides.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._until = 0.0
        self._statuses = itertools.cycle([500])
        self._streams: list[web.BaseRequest] = []
        self.refused = 0
        self.faults: Faults | None = None

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if time.monotonic() < self._until:
            self.refused += 1
            return _refusal(next(self._statuses))
        fault = self.faults.draw(request.method, request.path) if self.faults else None
        if fault is Kind.REFUSED:
            return _refusal(500)
        if fault is Kind.RESET:
            return _hang_up(request)
        if fault is Kind.LOST:
            await self._handler(request)
            return _hang_up(request)
        if request.path.endswith("/log"):
            self._streams.append(request)
        return await self._handler(request)

    def refuse(self, seconds: float, statuses: Sequence[int]) -> None:
        """Answer everything with these statuses, in turn, for a while."""
        self._statuses = itertools.cycle(statuses)
        self._until = time.monotonic() + seconds

    def streams(self, pod: str) -> int:
        """Return how often a pod's log was asked for."""
        return len(self._of(pod))

    async def cut(self, pod: str) -> bool:
        """Break the connection on which a pod's log was last asked for; return whether there is one."""
        for request in self._of(pod)[-1:]:
            if request.transport is not None:
                request.transport.abort()
                return True
        return False

    def _of(self, pod: str) -> list[web.BaseRequest]:
        return [request for request in self._streams if f"/pods/{pod}/" in request.path]


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)  # nobody reads it


def _refusal(status: int) -> web.Response:
    reason = "TooManyRequests" if status == 429 else "InternalError"
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": status,
        "reason": reason,
        "message": "the test cluster was told to refuse requests",
    }
    return web.json_response(body, status=status, headers={"Retry-After": "1"} if status == 429 else {})
