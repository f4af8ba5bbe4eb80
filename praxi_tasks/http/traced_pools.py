"""Pools of connections that record each request as a span, by OpenTelemetry's conventions for HTTP."""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import urlsplit

from urllib3 import PoolManager, ProxyManager
from urllib3.response import BaseHTTPResponse

from praxi_tasks.http.redact import redact_url
from praxi_tasks.tracing import Kind, Span, is_on, observe, span, trace_headers

_DURATION: Final = "http.client.request.duration"
_FIRST_ERROR: Final = 400


class TracedPools(PoolManager):
    """A pool manager whose requests are spans, and name them to the server in ``traceparent``."""

    _names_trace = True

    def urlopen(  # type: ignore[override]  # urllib3 has overloads for what it returns
        self, method: str, url: str, redirect: bool = True, **options: Any
    ) -> BaseHTTPResponse:
        """Send a request; see urllib3. The span ends when the head of the answer is there."""
        if not is_on():
            return super().urlopen(method, url, redirect, **options)
        parts, began = urlsplit(url), time.perf_counter()
        known: dict[str, str | int] = {"http.request.method": method, "server.address": parts.hostname or ""}
        if parts.port:
            known["server.port"] = parts.port
        with span(method, Kind.CLIENT, {**known, "url.full": redact_url(url)}) as opened:
            if self._names_trace:
                options["headers"] = {**(options.get("headers") or self.headers or {}), **trace_headers()}
            response = super().urlopen(method, url, redirect, **options)
            _note(opened, response.status)
            observe(
                _DURATION,
                time.perf_counter() - began,
                {**known, "http.response.status_code": response.status},
            )
            return response


class SilentTracedPools(TracedPools):
    """The same for hosts that nobody named: they are not told of the trace."""

    _names_trace = False


class TracedProxy(TracedPools, ProxyManager):
    """The same through a proxy."""


def _note(opened: Span, status: int) -> None:
    opened.set("http.response.status_code", status)
    if status >= _FIRST_ERROR:
        opened.fail(str(status))
