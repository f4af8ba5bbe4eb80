"""Bodies of requests, read up to a limit, and who is gone before the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.refusals import EncodingError, RequestError, TooLargeError
from praxi_tasks.serving.settings import ServingLimits

T = TypeVar("T")


async def read_body(request: Request, most: int) -> bytes:
    """Return a request's body.

    Raises
    ------
    TooLargeError
        If it is longer than ``most`` bytes; no more than that is held.
    EncodingError
        If it is compressed.
    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise EncodingError("the body is compressed", where=encoding[:40], action="send it as it is")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise _too_large(most)
        pieces.append(piece)
    return b"".join(pieces)


async def read_json(request: Request, most: int, kind: type[T]) -> T:
    """Return a request's JSON; see :func:`read_body`.

    Raises
    ------
    RequestError
        If it is not of that type.
    """
    try:
        return decode(await read_body(request, most), kind)
    except msgspec.DecodeError as error:
        raise RequestError(f"not such a document: {error}") from None


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work does; cancel it when the client goes.

    Raises
    ------
    ClientDisconnect
        If the client went before.
    """
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        gone.cancel()
        task.cancel()


def _too_large(most: int) -> TooLargeError:
    setting = ServingLimits.setting("max_body_bytes")
    return TooLargeError(f"the body has more than {most:,} bytes", action=f"send less, or raise {setting}")
