"""Bodies that programs post, read up to a limit of their own."""

from __future__ import annotations

from fastapi import HTTPException, Request, status


async def posted_body(request: Request, most: int, what: str) -> bytes:
    """Return a request's body.

    Parameters
    ----------
    most
        Its most bytes.
    what
        What is posted, for who posts more.

    Raises
    ------
    HTTPException
        413, before more is held.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"larger than any {what}")
    return body
