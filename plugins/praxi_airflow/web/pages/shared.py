"""``GET /praxi/shared/TOKEN/…``: what a signed link shows to who has no rights in Airflow.

The pages are those about images, software and findings, and hold nothing of other images than the link's;
what is of an audit as a whole is not among them. Without the setting ``link_scope`` there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from praxi_airflow.settings import load_settings
from praxi_airflow.web.answers import FORMS, refuse, wanted_form
from praxi_airflow.web.data import Restriction
from praxi_airflow.web.pages.findings import finding, findings
from praxi_airflow.web.pages.image import image
from praxi_airflow.web.pages.images import images
from praxi_airflow.web.pages.software import software
from praxi_airflow.web.secrets import connection_password
from praxi_tasks.errors import PraxiError
from praxi_tasks.notify import SHARED, LinkError, SharedView, verified

_PAGES: Final[dict[str, Callable[..., Any]]] = {
    "images": images,
    "image": image,
    "software": software,
    "findings": findings,
    "finding": finding,
}
_LONGEST = 4_096


async def opened(request: Request, token: Annotated[str, Path(max_length=_LONGEST)]) -> None:
    """Let in who has a link that is good, and note what it shows.

    Raises
    ------
    LinkError
        If it is not.
    """
    view = await run_in_threadpool(_view, token)
    request.state.only = Restriction(view.kind, view.name, view.cluster)
    request.state.root = f"{request.scope.get('root_path', '')}/{SHARED}/{token}"


async def refused(request: Request, error: Exception) -> Response:
    """Answer who has no good link."""
    assert isinstance(error, PraxiError)  # noqa: S101 - it is registered for nothing else
    return refuse(request, wanted_form(request), error)


def _view(token: str) -> SharedView:
    settings = load_settings().actions
    if settings.link_scope == "off":
        raise LinkError("links without a login are switched off", action="log in to Airflow")
    keys = connection_password(settings.link_connection, "no link opens a page").split()
    if not keys:
        raise LinkError("links can't be verified here", action="tell who runs Airflow")
    view = verified(token, keys, datetime.now(UTC))
    if settings.link_scope == "image" and view.kind != "image":
        raise LinkError("links show a single image by now", action="ask for a new link, or log in to Airflow")
    return view


router = APIRouter(prefix=f"/{SHARED}/{{token}}", dependencies=[Depends(opened)])
for _name, _page in _PAGES.items():
    router.add_api_route(f"/{_name}", _page, responses=FORMS, name=f"shared {_name}")
