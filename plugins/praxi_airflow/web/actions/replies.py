"""Pages with forms, and what follows a change: the page that shows it, or why nothing was changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from praxi_airflow.errors import NotAllowedError, NotStartedError, TooOftenError
from praxi_airflow.web.access import HEADERS
from praxi_airflow.web.actions.origin import FIELD, form_token
from praxi_airflow.web.actions.rights import Right
from praxi_airflow.web.answers import Data, Form, answer, refuse, wanted_form
from praxi_tasks.errors import (
    ConflictError,
    InvalidReferenceError,
    KeyNotFoundError,
    ModelError,
    PraxiError,
    UsageError,
)

T = TypeVar("T")
_CODES: Final[tuple[tuple[type[PraxiError], int], ...]] = (
    (TooOftenError, status.HTTP_429_TOO_MANY_REQUESTS),
    (NotAllowedError, status.HTTP_403_FORBIDDEN),
    (NotStartedError, status.HTTP_409_CONFLICT),
    (ConflictError, status.HTTP_409_CONFLICT),
    (KeyNotFoundError, status.HTTP_404_NOT_FOUND),
    (ModelError, status.HTTP_404_NOT_FOUND),
    (InvalidReferenceError, status.HTTP_422_UNPROCESSABLE_CONTENT),
    (UsageError, status.HTTP_422_UNPROCESSABLE_CONTENT),
)
CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Done; for who accepts JSON, what it is now"},
    303: {"description": "Done; for a form, the page that shows it"},
    401: {"description": "Nobody is logged in"},
    403: {"description": "No right to this, or not asked for by a page of this server"},
    404: {"description": "There is nothing of that name"},
    409: {"description": "Somebody else changed it meanwhile, or Airflow can't start it now"},
    413: {"description": "Larger than any form of these pages"},
    422: {"description": "What is asked for can't be right, and why"},
    429: {"description": "More than the limit of an hour"},
    503: {"description": "The store can't be reached now"},
}
"""What OpenAPI says of the answers to a change."""


async def shown(
    request: Request, user: BaseUser, template: str, find: Callable[[], Data], **rights: Right
) -> Response:
    """Answer with a page: as HTML with the forms that the user has the right to, else without any form.

    Parameters
    ----------
    find
        Finds the data, in a thread.
    rights
        The rights that the page's forms need; ``may`` says which of them the user has.
    """
    form = wanted_form(request)

    def found() -> Data:
        data = find()
        data["may"] = {name: right.is_of(user) for name, right in rights.items()}
        return data

    try:
        data = await run_in_threadpool(found)
    except PraxiError as error:
        return refuse(request, form, error)
    if form == "html":
        data |= {"token": form_token(user), "field": FIELD}
    return answer(request, form, template, data)


async def changed(request: Request, change: Callable[[], T], place: Callable[[T], str]) -> Response:
    """Make a change in a thread, and answer.

    Parameters
    ----------
    place
        Returns the path below ``/praxi`` of the page that shows what was changed: nothing that a user typed.
    """
    try:
        made = await run_in_threadpool(change)
    except PraxiError as error:
        return _refused(request, error)
    if wanted_form(request) == "json":
        return Response(msgspec.json.encode(made), headers=HEADERS, media_type="application/json")
    target = f"{request.scope.get('root_path', '')}/{place(made)}"
    return RedirectResponse(target, status.HTTP_303_SEE_OTHER, HEADERS)


def _refused(request: Request, error: PraxiError) -> Response:
    """Return why nothing was changed."""
    code = next(
        (code for kind, code in _CODES if isinstance(error, kind)), status.HTTP_503_SERVICE_UNAVAILABLE
    )
    form: Form = "json" if wanted_form(request) == "json" else "html"
    data = {"code": error.code, "problem": error.what, "action": error.action}
    response = answer(request, form, "refused.html", data, code)
    if error.retryable:
        response.headers["Retry-After"] = "60"
    return response
