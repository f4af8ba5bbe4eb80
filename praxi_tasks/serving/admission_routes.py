"""``POST /v1/admission``: Kubernetes asks whether a pod may run. There where a policy for it is named."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from praxi_tasks.admission import Teller, Unknown, Verdicts, answer, decide, parse_review
from praxi_tasks.environment import read, read_text
from praxi_tasks.errors import PraxiError, UsageError
from praxi_tasks.findings import read_policy
from praxi_tasks.serving.bodies import read_body
from praxi_tasks.serving.route_group import RouteGroup, operation
from praxi_tasks.store import Store

logger = logging.getLogger(__name__)

PATH: Final = "/v1/admission"
# An API server takes objects of 3 MiB, stores some of 2 MiB, and writes each < and > in them as six bytes.
# What is refused here is let in where failurePolicy is Ignore: none may be made too large to be judged.
_LARGEST: Final = 6 * (3 << 20) + 6 * (2 << 20) + (1 << 20)
_REFRESH: Final = 10.0  # seconds between two looks at the store
_SCHEMAS: Final[dict[str, Any]] = {
    "AdmissionReview": {
        "type": "object",
        "description": "As Kubernetes has it; an answer has `response` in place of `request`",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"const": "admission.k8s.io/v1"},
            "kind": {"const": "AdmissionReview"},
            "request": {"type": "object"},
            "response": {"type": "object"},
        },
    }
}
Tell = Callable[[Sequence[str]], None]
_UNKNOWN: Final[dict[str, Unknown]] = {"allow": "allow", "deny": "deny"}


class AdmissionRoutes:
    """Answers admission reviews from verdicts in memory.

    Parameters
    ----------
    unknown
        What happens to a pod with an image that no audit knows.
    tell
        Asks for an audit of such images.
    """

    def __init__(self, verdicts: Verdicts, unknown: Unknown, tell: Tell | None = None) -> None:
        self._verdicts = verdicts
        self._unknown = unknown
        self._tell = tell

    def group(self) -> RouteGroup:
        """Return the route; it is open, for an API server presents no token unless it is set up to."""
        paths: dict[str, Any] = {
            PATH: {
                "post": operation(
                    "Whether a pod may run",
                    "admission",
                    body="AdmissionReview",
                    answer="AdmissionReview",
                    security=(),
                )
            },
        }
        routes = (Route(PATH, self.review, methods=["POST"]),)
        return RouteGroup(routes, paths, _SCHEMAS, open_paths=frozenset({PATH}))

    async def review(self, request: Request) -> Response:
        """Answer a review."""
        asked = parse_review(await read_body(request, _LARGEST))
        decision = decide(asked, self._verdicts, self._unknown)
        telling = None
        if decision.unknown and self._tell and not asked.is_dry:
            telling = BackgroundTask(_told, self._tell, decision.unknown)
        document = answer(asked, decision.allowed, decision.message, decision.warnings)
        return JSONResponse(document, background=telling)

    async def keep_fresh(self) -> None:
        """Look for new audits again and again."""
        while True:
            try:
                await asyncio.to_thread(self._verdicts.refresh, datetime.now(UTC).date())
            except PraxiError as error:
                logger.warning("verdicts stay as they were: %s", error)
            await asyncio.sleep(_REFRESH)


def configured_admission(store: Store, own: Tell | None = None) -> AdmissionRoutes | None:
    """Return the route as the environment says; None where it names no policy.

    Parameters
    ----------
    own
        Lets the service itself audit images, unless the environment names somebody else.

    Raises
    ------
    UsageError
        If a variable can't be right.
    PolicyError
        If the policy can't be read.
    """
    policy = read_text("PRAXI_ADMISSION_POLICY")
    if not policy:
        return None
    url, secret = read_text("PRAXI_ADMISSION_TELL"), read_text("PRAXI_ADMISSION_SECRET_FILE")
    if url and not secret:
        raise UsageError("who asks for audits needs a secret", where="PRAXI_ADMISSION_SECRET_FILE")
    return AdmissionRoutes(
        Verdicts(store, read_policy(Path(policy))),
        read("PRAXI_ADMISSION_UNKNOWN", _unknown, "allow"),
        Teller(url, Path(secret)).tell if url else own,
    )


def _unknown(text: str) -> Unknown:
    if text not in _UNKNOWN:
        raise ValueError("neither allow nor deny")
    return _UNKNOWN[text]


def _told(tell: Tell, images: Sequence[str]) -> None:
    try:
        tell(images)
    except PraxiError as error:
        logger.warning("no audit of images that are not known: %s", error)
