"""No request has a body larger than any form of the pages: what is beyond is refused before it is read."""

from __future__ import annotations

from typing import Final

from fastapi import HTTPException, status
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST: Final = 64 << 10
_OWN_LIMITS: Final = ("/webhooks/", "/events/")
"""Below these paths a route counts for itself, because more may come."""


class BoundedBody:
    """Refuses bodies beyond :data:`LARGEST` bytes with 413, whatever their length is said to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or any(path in scope["path"] for path in _OWN_LIMITS):
            await self._app(scope, receive, send)
            return
        left = LARGEST

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, "larger than any form of these pages")
            return message

        await self._app(scope, counted, send)
