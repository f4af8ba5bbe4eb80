"""``POST /v1/events/{form}``: a registry tells that an image was pushed. There where a secret is named."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from praxi_tasks.environment import read, read_text, whole_number
from praxi_tasks.errors import UsageError
from praxi_tasks.events import FORMS, LARGEST, Form, Rules, is_heeded, knows_secret, read_body
from praxi_tasks.serving.audits import Audits, audit_of
from praxi_tasks.serving.bodies import read_body as read_bytes
from praxi_tasks.serving.pushes import PushAudits
from praxi_tasks.serving.refusals import UnauthenticatedError
from praxi_tasks.serving.route_group import SECRETS, RouteGroup, operation
from praxi_tasks.serving.watched_file import WatchedFile
from praxi_tasks.store import Store

_FILE: Final = "PRAXI_EVENT_SECRET_FILE"
_PATH: Final = "/v1/events"
_BY: Final[dict[Form, str]] = {
    "distribution": "as distribution does",
    "harbor": "as Harbor does",
    "quay": "as Quay does",
    "ecr": "as Amazon ECR does, by EventBridge",
    "images": "by naming images",
}
_BODIES: Final[dict[Form, str]] = {"images": "Images"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_HEEDED: Final = {
    **dict.fromkeys(("heeded", "foreign", "taken", "seen", "left"), _COUNT),
    "ignored": {"type": "object", "additionalProperties": _COUNT},
    "audits": {"type": "array", "items": {"type": "string"}},
}
_SCHEMAS: Final[dict[str, Any]] = {
    "Notification": {"type": "object", "description": "As the registry sends it"},
    "Images": {
        "type": "object",
        "required": ["images"],
        "properties": {"images": {"type": "array", "items": {"type": "string"}}},
    },
    "Heeded": {"type": "object", "required": list(_HEEDED), "properties": _HEEDED},
}
_LONGEST_WINDOW: Final = 1800  # seconds; a place of the next hour is told from one of this hour


class EventRoutes:
    """Takes notifications in.

    Parameters
    ----------
    secrets
        The file of the secrets that are valid, separated by white space.
    """

    def __init__(self, pushes: PushAudits, rules: Rules, secrets: Path) -> None:
        self.pushes = pushes
        self._rules = rules
        self._secrets = WatchedFile(secrets, lambda data: _secrets(data, str(secrets)))
        self._secrets.read()

    def group(self) -> RouteGroup:
        """Return the routes; they look at who asks by themselves: registries present secrets in many ways."""
        paths: dict[str, Any] = {
            f"{_PATH}/{form}": {
                "post": operation(
                    f"Tell of pushes, {_BY[form]}",
                    "events",
                    body=_BODIES.get(form, "Notification"),
                    answer="Heeded",
                    status=202,
                    security=SECRETS,
                )
            }
            for form in FORMS
        }
        routes = tuple(
            Route(path, self._receiver(form), methods=["POST"])
            for path, form in zip(paths, FORMS, strict=True)
        )
        return RouteGroup(routes, paths, _SCHEMAS, open_paths=frozenset(paths))

    def _receiver(self, form: Form) -> Any:
        async def receive(request: Request) -> Response:
            if not knows_secret(request.headers.get("authorization", ""), self._secrets.read()):
                raise UnauthenticatedError(
                    "no secret, or none that is known",
                    action="present it as a bearer token, or as the password of basic authentication",
                )
            return await self._take(await read_bytes(request, LARGEST), form)

        return receive

    async def _take(self, body: bytes, form: Form) -> Response:
        notices = read_body(body, form)
        found = await asyncio.to_thread(self.pushes.take, notices.pushes)
        answer = {
            "heeded": sum(is_heeded(push, self._rules) for push in notices.pushes),
            "foreign": found.foreign,
            "taken": found.taken,
            "seen": found.seen,
            "left": found.left,
            "ignored": notices.ignored,
            "audits": [audit_of(window) for window in found.windows],
        }
        return JSONResponse(answer, 202)


def configured_events(store: Store, audits: Audits, registries: tuple[str, ...]) -> EventRoutes | None:
    """Return the routes as the environment says; None where it names no secret.

    Parameters
    ----------
    registries
        Whose pushes are heeded.

    Raises
    ------
    UsageError
        If a variable can't be right, or the secret's file can't be read.
    """
    secret = read_text(_FILE)
    if not secret:
        return None
    if not registries:
        raise UsageError("pushes of no registry would be heeded", where=_FILE, action="give --registry")
    rules = Rules(
        registries=registries,
        window=read("PRAXI_EVENT_WINDOW", _window, Rules.window),
        hours=read("PRAXI_EVENT_HOURS", whole_number, Rules.hours),
        limit=read("PRAXI_EVENT_LIMIT", whole_number, Rules.limit),
    )
    return EventRoutes(PushAudits(store, audits, rules), rules, Path(secret))


def _window(text: str) -> int:
    seconds = whole_number(text)
    if seconds > _LONGEST_WINDOW:
        raise ValueError(f"more than {_LONGEST_WINDOW} s")
    return seconds


def _secrets(data: bytes, where: str) -> str:
    text = data.decode(errors="replace")
    if not any(len(secret) >= 16 for secret in text.split()):
        raise UsageError("it has no secret of 16 characters or more", where=where)
    return text
