"""How errors are told: one JSON document, which every client of the Open Inference Protocol understands."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from praxi_tasks.errors import PraxiError
from praxi_tasks.printable import printable
from praxi_tasks.serving.refusals import BusyError, UnauthenticatedError, status_of

_LONGEST_PATH = 200
CLIENT_GONE = 499
"""What is counted for a request whose client went before the answer."""


def error_response(error: PraxiError) -> JSONResponse:
    """Return the answer that tells a typed error."""
    body: dict[str, Any] = {"error": str(error), "code": error.code, "retryable": error.retryable}
    headers = {}
    if isinstance(error, BusyError):
        headers["retry-after"] = str(error.retry_after)
    if isinstance(error, UnauthenticatedError):
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body, status_of(error), headers)


async def tell(request: Request, error: Exception) -> Response:
    """Answer a request that ended in an error that is meant to be told."""
    if isinstance(error, PraxiError):
        return error_response(error)
    if isinstance(error, HTTPException):
        return _told(request, error)
    return Response(status_code=CLIENT_GONE)


def _told(request: Request, error: HTTPException) -> Response:
    """Answer a request that no route takes."""
    path, methods = request.url.path[:_LONGEST_PATH], (error.headers or {}).get("Allow", "")
    known = {
        404: ("unknown", f"there is nothing at {path}; /openapi.json lists what there is"),
        405: ("method-not-allowed", f"{path} does not take {request.method}; it takes {methods}"),
    }
    code, what = known.get(error.status_code, ("http", error.detail))
    body = {"error": printable(what), "code": code, "retryable": False}
    return JSONResponse(body, error.status_code, error.headers)


async def tell_failure(_: Request, __: Exception) -> Response:
    """Answer a request that ended in an error nobody expected; the log has it, the client does not."""
    return JSONResponse({"error": "the service failed", "code": "error", "retryable": False}, 500)


TOLD = (PraxiError, HTTPException, ClientDisconnect)
"""The errors that :func:`tell` tells."""
