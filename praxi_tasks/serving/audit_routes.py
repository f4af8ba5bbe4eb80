"""The routes of audits on request: ask for one, follow it, read it, cancel it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from praxi_tasks.serving.audit_record import AuditRecord
from praxi_tasks.serving.audits import Audits
from praxi_tasks.serving.authentication import CLIENT
from praxi_tasks.serving.bodies import read_json
from praxi_tasks.serving.protocol import JSON_TYPE
from praxi_tasks.serving.route_group import RouteGroup, operation

_LARGEST: Final = 64 << 10
_SCHEMA: Final = "#/components/schemas/{name}"
_LAST: Final = "Last-Event-ID"
_LOOK: Final = 0.25  # seconds between two looks at an audit that is followed
_SILENCE: Final = 60  # looks without news after which a comment keeps the connection open


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An image to audit, as a registry knows it."""

    image: str


class AuditRoutes:
    """Answers requests about audits."""

    def __init__(self, audits: Audits) -> None:
        self._audits = audits

    def group(self) -> RouteGroup:
        """Return the routes."""
        one, events = "/v1/audits/{audit}", "/v1/audits/{audit}/events"
        routes = (
            Route("/v1/audits", self.submit, methods=["POST"]),
            Route(one, self.one, methods=["GET", "DELETE"]),
            Route(events, self.follow),
        )
        paths = {
            "/v1/audits": {
                "post": operation("Audit an image", "audits", body="AuditRequest", answer="Audit", status=202)
            },
            one: {
                "get": operation("An audit: how far it is, then what was found", "audits", answer="Audit"),
                "delete": operation(
                    "Cancel an audit", "audits", answer="Audit", status=202, also={200: "It has ended"}
                ),
            },
            events: {
                "get": operation(
                    "An audit's states, as server-sent events",
                    "audits",
                    content={"text/event-stream": {}},
                    headers=((_LAST, "The event that was received last: what follows it is sent"),),
                )
            },
        }
        paths[events]["get"]["responses"]["204"] = {"description": "It has ended, and nothing follows"}
        return RouteGroup(routes, paths, _SCHEMAS)

    async def one(self, request: Request) -> Response:
        """Return an audit, or cancel it."""
        return await (self.cancel if request.method == "DELETE" else self.read)(request)

    async def submit(self, request: Request) -> Response:
        """Begin an audit."""
        wanted = await read_json(request, _LARGEST, _Wanted)
        record = await self._audits.submit([wanted.image], request.scope[CLIENT])
        return await self._told(record, 202, {"location": f"/v1/audits/{record.id}"})

    async def read(self, request: Request) -> Response:
        """Return an audit."""
        return await self._told(await self._audits.get(request.path_params["audit"]))

    async def cancel(self, request: Request) -> Response:
        """Cancel an audit."""
        record = await self._audits.cancel(request.path_params["audit"])
        return await self._told(record, 200 if record.state.is_final else 202)

    async def follow(self, request: Request) -> Response:
        """Send an audit's states as they come, until it has ended.

        A browser asks again when a stream ends, and names the last event: 204 tells it that there is no more.
        """
        record = await self._audits.get(request.path_params["audit"])
        known = request.headers.get(_LAST, "")
        if record.state.is_final and known == _name(record):
            return Response(status_code=204)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        events = self._events(record, known)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _events(self, record: AuditRecord, known: str) -> AsyncIterator[bytes]:
        if _name(record) != known:
            yield _event(record)
        silent = 0
        while not record.state.is_final:
            await asyncio.sleep(_LOOK)
            found = await self._audits.get(record.id)
            if found != record:
                record, silent = found, 0
                yield _event(record)
                continue
            silent = (silent + 1) % _SILENCE
            if not silent:
                yield b": still at it\n\n"

    async def _told(
        self, record: AuditRecord, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        return Response(await self._audits.document(record), status, headers, JSON_TYPE)


def _event(record: AuditRecord) -> bytes:
    head = f"id: {_name(record)}\nevent: {record.state}\ndata: "
    return head.encode() + msgspec.json.encode(record) + b"\n\n"


def _name(record: AuditRecord) -> str:
    """Return the name of the event that tells how far an audit is, the same from every replica."""
    return record.state if record.state.is_final else f"{record.state}/{record.step}/{record.read}"


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components([AuditRecord], ref_template=_SCHEMA)
    properties = found["AuditRecord"]["properties"]
    results = {name: {"type": "object"} for name in ("report", "findings")}
    return {
        "AuditRequest": {
            "type": "object",
            "required": ["image"],
            "additionalProperties": False,
            "properties": {"image": {"type": "string", "description": "As a registry knows it"}},
            "examples": [{"image": "registry.example.com/shop:1"}],
        },
        "AuditState": found["AuditState"],
        "Audit": {"type": "object", "required": list(properties), "properties": properties | results},
    }


_SCHEMAS: Final = _schemas()
