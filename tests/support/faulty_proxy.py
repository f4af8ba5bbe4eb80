"""A server, or a proxy in front of one, that lets requests go wrong, as networks and busy servers do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias

import aiohttp
from aiohttp import web

from tests.support.faults import Faults, Kind
from tests.support.loop import LoopThread, serve

_ERROR: Final = b"<Error><Code>%s</Code><Message>a fault of this test</Message></Error>"
# These belong to one connection, not to the message.
_HOP: Final = frozenset({"transfer-encoding", "connection", "content-length", "content-encoding"})


async def forward(
    session: aiohttp.ClientSession, target: str, request: web.BaseRequest, body: bytes
) -> web.Response:
    """Send a request on to the server at ``target`` and return its answer."""
    async with session.request(
        request.method, target + request.raw_path, headers=request.headers, data=body, allow_redirects=False
    ) as answer:
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        if encoding := answer.headers.get("Content-Encoding"):
            headers["Content-Encoding"] = encoding
        if request.method == "HEAD":
            headers["Content-Length"] = answer.headers.get("Content-Length", "0")
        return web.Response(status=answer.status, headers=headers, body=await answer.read())


def open_session() -> aiohttp.ClientSession:
    """Return a session that hands bytes on as they are."""
    return aiohttp.ClientSession(
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(120),
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
    )


Answer: TypeAlias = Callable[[web.BaseRequest, bytes], Awaitable[web.Response]]


class FaultyServer:
    """Answers requests by ``answer``, but for those that ``faults`` draws.

    Parameters
    ----------
    pause
        Seconds that a slow answer takes; whoever is told to come again is told twice as many.
    """

    def __init__(self, answer: Answer, faults: Faults, *, pause: float) -> None:
        self.url = ""
        self.faults = faults
        self._answer = answer
        self._pause = pause

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        body = await request.content.read()  # of any size, which request.read() refuses
        conditional = "If-None-Match" in request.headers or "If-Match" in request.headers
        fault = self.faults.draw(request.method, request.raw_path, conditional=conditional)
        if fault is Kind.REFUSED:
            return _error(self.faults.status(request.method, request.raw_path), int(2 * self._pause))
        if fault is Kind.CONFLICT:
            return _error(409, 0)
        if fault in {Kind.RESET, Kind.AWAY}:
            return _hang_up(request)
        if fault is Kind.SLOW:
            await asyncio.sleep(self._pause)
        answer = await self._answer(request, body)
        if fault is Kind.LOST:
            return _hang_up(request)
        return await _cut(request, answer) if fault is Kind.CUT else answer


async def _cut(request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    """Send half of an answer's body and hang up."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    if len(body) < 2:
        return _hang_up(request)
    headers: Mapping[str, str] = {**answer.headers, "Content-Length": str(len(body))}
    begun = web.StreamResponse(status=answer.status, headers=headers)
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
    return _hang_up(request)


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)  # nobody reads it


def _error(status: int, retry_after: int) -> web.Response:
    code = {503: b"SlowDown", 409: b"ConditionalRequestConflict", 429: b"SlowDown"}.get(
        status, b"InternalError"
    )
    headers = {"Retry-After": str(retry_after)} if status in {429, 503} else {}
    return web.Response(status=status, body=_ERROR % code, content_type="application/xml", headers=headers)


@contextmanager
def faulty_server(answer: Answer, faults: Faults, *, pause: float = 0.5) -> Iterator[FaultyServer]:
    """Run a server on a free loopback port."""
    server, thread = FaultyServer(answer, faults, pause=pause), LoopThread("faulty-server")
    runner, port = thread.do(serve(server, "127.0.0.1"))
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        thread.do(runner.cleanup())
        thread.close()


@contextmanager
def faulty_proxy(target: str, faults: Faults) -> Iterator[FaultyServer]:
    """Run a proxy on a free loopback port in front of the server at ``target``."""

    async def answer(request: web.BaseRequest, body: bytes) -> web.Response:
        async with open_session() as session:
            return await forward(session, target, request, body)

    with faulty_server(answer, faults) as server:
        yield server
