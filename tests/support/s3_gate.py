"""A gate in front of an object store that refuses or holds writes when told to, as an overloaded S3 does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.support.faulty_proxy import forward, open_session
from tests.support.loop import LoopThread, serve

_WRITES = frozenset({"PUT", "POST", "DELETE"})
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"


class S3Gate:
    """Passes requests on to ``target``; ``refused`` counts those it did not."""

    def __init__(self, target: str) -> None:
        self.url = ""
        self.refused = 0
        self._target = target
        self._until = 0.0
        self._held = ""

    @contextmanager
    def holding(self, part: str) -> Iterator[None]:
        """Leave writes of keys that contain this without an answer: who writes one waits, and lives."""
        self._held = part
        try:
            yield
        finally:
            self._held = ""

    def refuse_writes(self, seconds: float) -> None:
        """Answer every write with 503 for a while."""
        self._until = time.monotonic() + seconds

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.method in _WRITES and time.monotonic() < self._until:
            self.refused += 1
            return web.Response(status=503, body=_SLOW_DOWN, content_type="application/xml")
        body = await request.read()
        while self._held and request.method in _WRITES and self._held in request.path:
            await asyncio.sleep(0.1)
        if request.transport is None or request.transport.is_closing():
            return web.Response(status=499)  # nobody waits any more, and what died writes nothing
        async with open_session() as session:
            return await forward(session, self._target, request, body)


@contextmanager
def s3_gate(target: str, *, host: str = "127.0.0.1") -> Iterator[S3Gate]:
    """Run a gate in front of the object store at ``target``."""
    gate, thread = S3Gate(target), LoopThread("s3-gate")
    runner, port = thread.do(serve(gate, host))
    gate.url = f"http://{host}:{port}"
    try:
        yield gate
    finally:
        thread.do(runner.cleanup())
        thread.close()
