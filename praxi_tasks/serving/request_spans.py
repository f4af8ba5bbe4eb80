"""Each request as a span below the one that its sender names, by OpenTelemetry's conventions for HTTP."""

from __future__ import annotations

import time
from typing import Final

from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from praxi_tasks.serving.telling import CLIENT_GONE
from praxi_tasks.tracing import is_on, observe, request_span

_OTHER: Final = "other"
_QUIET: Final = frozenset({"/v2/health/live", "/v2/health/ready", "/metrics"})
"""What is asked every few seconds and tells nothing of anybody's request."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROPAGATED: Final = ("traceparent", "tracestate")
_DURATION: Final = "http.server.request.duration"
_FAILED: Final = 500


def pattern_of(scope: Scope) -> str:
    """Return the pattern of a request's route, of which there are few; known once it was routed."""
    route = scope.get("route")
    return route.path if isinstance(route, Route) else _OTHER


class Traced:
    """Records requests, and measures how long they take; costs nothing where tracing is off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_on() or scope["path"] in _QUIET:
            return await self._app(scope, receive, send)
        headers, status = Headers(scope=scope), CLIENT_GONE
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        carrier = {name: headers[name] for name in _PROPAGATED if name in headers}
        known: dict[str, str | int] = {"http.request.method": method, "url.scheme": scope["scheme"]}
        started = time.perf_counter()
        with request_span(method, carrier, {**known, "url.path": scope["path"]}) as span:
            try:
                await self._app(scope, receive, noted)
            finally:
                route = pattern_of(scope)
                ended: dict[str, str | int] = {"http.route": route, "http.response.status_code": status}
                for name, value in ended.items():
                    span.set(name, value)
                span.rename(f"{method} {route}")
                if status >= _FAILED:
                    span.fail(str(status))
                observe(_DURATION, time.perf_counter() - started, {**known, **ended})
