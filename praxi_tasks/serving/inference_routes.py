"""The routes of the Open Inference Protocol, version 2."""

from __future__ import annotations

import time
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from praxi_tasks import __version__
from praxi_tasks.environment import positive_number
from praxi_tasks.serving.bodies import read_body, unless_gone
from praxi_tasks.serving.fleet import Fleet
from praxi_tasks.serving.inference_schemas import SCHEMAS
from praxi_tasks.serving.protocol import (
    BINARY_TYPE,
    HEADER,
    JSON_TYPE,
    InferRequest,
    read_request,
    write_answer,
)
from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.route_group import RouteGroup, operation
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.signatures import find_signature
from praxi_tasks.serving.work import Refusal, Reply

TIMEOUT: Final = "x-request-timeout"
"""The header that says how many seconds a request may take."""
_MICROSECONDS: Final = 1_000_000
_HEADERS: Final = (
    ("Inference-Header-Content-Length", "Where the JSON ends and binary data begins, in bytes"),
    ("X-Request-Timeout", "For how many seconds the answer is of use"),
)
_REFUSED: Final = 400
_FAILED: Final = 500


class InferenceRoutes:
    """Answers the protocol's requests by the resident versions."""

    def __init__(self, fleet: Fleet, limits: ServingLimits) -> None:
        self._fleet = fleet
        self._limits = limits

    def group(self) -> RouteGroup:
        """Return the routes; those about health are open, for probes have no token."""
        named, numbered = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
        live, ready = "/v2/health/live", "/v2/health/ready"
        routes = [
            Route("/v2", self.server),
            Route(live, self.live),
            Route(ready, self.ready),
            *(Route(path, self.model) for path in (named, numbered)),
            *(Route(f"{path}/ready", self.model_ready) for path in (named, numbered)),
            *(Route(f"{path}/infer", self.infer, methods=["POST"]) for path in (named, numbered)),
        ]
        return RouteGroup(tuple(routes), _described(), SCHEMAS, open_paths=frozenset({live, ready}))

    async def server(self, _: Request) -> Response:
        """Say what the service is."""
        return JSONResponse({"name": "praxi", "version": __version__, "extensions": ["binary_tensor_data"]})

    async def live(self, _: Request) -> Response:
        """Say that the service answers."""
        return JSONResponse({"live": True})

    async def ready(self, _: Request) -> Response:
        """Say whether a model is resident; 503 where none is."""
        ready = self._fleet.is_ready
        return JSONResponse({"live": True, "ready": ready}, 200 if ready else 503)

    async def model(self, request: Request) -> Response:
        """Describe a model."""
        signature = find_signature(request.path_params["model"])
        self._version(request)
        return JSONResponse(signature.metadata(self._fleet.versions))

    async def model_ready(self, request: Request) -> Response:
        """Say whether a model answers."""
        signature = find_signature(request.path_params["model"])
        self._version(request)
        ready = self._fleet.is_ready
        return JSONResponse({"name": signature.name, "ready": ready}, 200 if ready else 503)

    async def infer(self, request: Request) -> Response:
        """Ask a model about layers or changesets."""
        signature = find_signature(request.path_params["model"])
        version = self._version(request)
        body = await read_body(request, self._limits.max_body_bytes)
        asked = read_request(body, request.headers.get(HEADER))
        items = signature.items(asked, self._limits)
        deadline = time.monotonic() + self._seconds(request, asked)
        replies, versions = await unless_gone(request, self._fleet.answer(items, version, deadline))
        if replies and all(isinstance(reply, Refusal) for reply in replies):
            return _refused(replies[0])
        answered = versions[0] if len(set(versions)) == 1 else ""
        content, headers = write_answer(asked, signature.name, answered, signature.tensors(replies, versions))
        return Response(content, headers=headers)

    def _version(self, request: Request) -> str:
        version = str(request.path_params.get("version", ""))
        if version:
            self._fleet.require(version)
        return version

    def _seconds(self, request: Request, asked: InferRequest) -> float:
        """Return how long a request may take: its header, its parameter ``timeout`` in µs, or the setting."""
        try:
            seconds = positive_number(request.headers.get(TIMEOUT, str(self._limits.max_seconds)))
        except ValueError as error:
            raise RequestError(str(error), where=TIMEOUT) from None
        timeout = asked.parameters.get("timeout", 0)
        if isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
            raise RequestError("not a number of microseconds", where="timeout")
        return min(seconds, timeout / _MICROSECONDS if timeout else seconds, self._limits.max_seconds)


def _refused(reply: Reply) -> Response:
    """Answer a request of which nothing could be answered."""
    if not isinstance(reply, Refusal):
        raise TypeError("not a refusal")
    status = _FAILED if reply.internal else _REFUSED
    return JSONResponse({"error": reply.message, "code": reply.code, "retryable": False}, status)


def _described() -> dict[str, Any]:
    absent = {503: "No model is resident"}
    paths: dict[str, Any] = {
        "/v2": {"get": operation("What the service is", "inference", answer="Server")},
        "/v2/health/live": {"get": operation("Whether it lives", "inference", answer="Live", security=())},
        "/v2/health/ready": {
            "get": operation(
                "Whether a model is resident", "inference", answer="Ready", also=absent, security=()
            )
        },
    }
    for path in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        paths[path] = {"get": operation("Which tensors a model takes and gives", "inference", answer="Model")}
        paths[f"{path}/ready"] = {
            "get": operation("Whether a model answers", "inference", answer="ModelReady", also=absent)
        }
        paths[f"{path}/infer"] = {
            "post": operation(
                "Ask a model",
                "inference",
                body="InferRequest",
                takes=(JSON_TYPE, BINARY_TYPE),
                answer="InferAnswer",
                content={BINARY_TYPE: {}},
                headers=_HEADERS,
            )
        }
    return paths
