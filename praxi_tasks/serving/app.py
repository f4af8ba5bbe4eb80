"""The ASGI application: groups of routes, guarded, counted, and described as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from praxi_tasks import __version__
from praxi_tasks.serving.authentication import Authenticator, Guard
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.request_spans import Traced, pattern_of
from praxi_tasks.serving.route_group import JSON, SECURITY_SCHEMES, RouteGroup, operation, with_parameters
from praxi_tasks.serving.telling import TOLD, tell, tell_failure

_ERROR: Final = {
    "type": "object",
    "required": ["error", "code", "retryable"],
    "properties": {
        "error": {"type": "string", "description": "What happened, where, and what to do"},
        "code": {"type": "string"},
        "retryable": {"type": "boolean"},
    },
}
_OPEN: Final = {"schema": {"type": "object"}}
_METRICS: Final[dict[str, Any]] = {"text/plain": {}, "application/openmetrics-text": {}}
_NO_STATUS: Final = 499


def create_app(
    groups: Sequence[RouteGroup],
    *,
    metrics: Metrics,
    waiting: Callable[[], dict[str, int]],
    authenticators: Sequence[Authenticator] = (),
) -> Starlette:
    """Return the application of all groups of routes.

    Parameters
    ----------
    waiting
        Says how many items wait for each version.
    authenticators
        Who knows tokens; without one everybody may ask.
    """
    groups = (*groups, _own(groups, metrics, waiting))
    open_paths = frozenset().union(*(group.open_paths for group in groups))
    routes = [route for group in groups for route in group.routes]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Traced),
            Middleware(_Counted, metrics=metrics),
            Middleware(Guard, authenticators=authenticators, open_paths=open_paths),
        ],
        exception_handlers={**dict.fromkeys(TOLD, tell), Exception: tell_failure},
    )


def _own(groups: Sequence[RouteGroup], metrics: Metrics, waiting: Callable[[], dict[str, int]]) -> RouteGroup:
    async def expose(request: Request) -> Response:
        content, kind = metrics.exposition(waiting(), request.headers.get("accept", ""))
        return Response(content, headers={"content-type": kind})

    async def describe(_: Request) -> Response:
        return JSONResponse(document)

    paths = {
        "/metrics": {"get": operation("Metrics for Prometheus", "operation", content=_METRICS)},
        "/openapi.json": {"get": operation("This document", "operation", content={JSON: _OPEN})},
    }
    own = RouteGroup((Route("/metrics", expose), Route("/openapi.json", describe)), paths)
    document = _openapi([*groups, own])
    return own


def _openapi(groups: Sequence[RouteGroup]) -> dict[str, Any]:
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, Any] = {}
    for group in groups:
        schemas |= group.schemas
        paths |= with_parameters(group.paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Praxi", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": SECURITY_SCHEMES,
        },
        "security": [{"bearer": []}],
    }


class _Counted:
    """Counts requests by the pattern of their route, and times them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), _NO_STATUS

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            self._metrics.requested(pattern_of(scope), status, time.perf_counter() - started)
