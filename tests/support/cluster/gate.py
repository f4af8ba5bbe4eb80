"""The API server's front door: counts requests, refuses them while told to, and cuts streams."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Gate:
    """Lets requests through to a handler, or answers them as an overloaded API server does."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._until = 0.0
        self._statuses = itertools.cycle([500])
        self._streams: set[web.BaseRequest] = set()
        self.refused = 0
        self.cut = 0
        self._cut_next = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if time.monotonic() < self._until:
            self.refused += 1
            return _refusal(next(self._statuses))
        if not request.path.endswith("/log"):
            return await self._handler(request)
        if self._cut_next > 0:
            self._cut_next -= 1
            asyncio.get_running_loop().call_later(0.5, self._cut, request)
        return await self._handler(request)

    def refuse(self, seconds: float, statuses: Sequence[int]) -> None:
        """Answer everything with these statuses, in turn, for a while."""
        self._statuses = itertools.cycle(statuses)
        self._until = time.monotonic() + seconds

    def cut_logs(self, times: int) -> None:
        """Break the connection of the next log streams shortly after they begin."""
        self._cut_next = times

    def _cut(self, request: web.BaseRequest) -> None:
        if request.transport is not None:
            request.transport.abort()
            self.cut += 1


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
