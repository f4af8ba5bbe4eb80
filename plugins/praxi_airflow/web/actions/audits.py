"""``/praxi/audit-now``: audit an image now, as a run by hand, and see how far that is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Form, Path, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from praxi_airflow.hooks import connected_store
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import load_settings
from praxi_airflow.web.access import AUDITS, HEADERS, may_read
from praxi_airflow.web.actions.allowance import take_slot
from praxi_airflow.web.actions.progress import STAGES, Progress, progress
from praxi_airflow.web.actions.registries import allowed_reference
from praxi_airflow.web.actions.replies import CHANGED, changed, shown
from praxi_airflow.web.actions.rights import MAY_AUDIT
from praxi_airflow.web.actions.runs import start_run
from praxi_airflow.web.answers import FORMS, Data, refuse, wanted_form
from praxi_tasks.errors import PraxiError

router = APIRouter(prefix="/audit-now")
_ACTION: Final = "audits"


class Wanted(BaseModel):
    """The image to audit, as a registry knows it."""

    image: str


@router.post("", dependencies=MAY_AUDIT.required, responses=CHANGED)
async def audit_now(request: Request, user: GetUserDep, wanted: Annotated[Wanted, Form()]) -> Response:
    """Audit an image now: a run by hand, from which nothing is concluded about what is deployed."""

    def start() -> dict[str, Any]:
        settings = load_settings()
        reference = str(allowed_reference(wanted.image, settings.actions.audit_registries))
        limit = settings.actions.audit_limit
        take_slot(connected_store(settings), _ACTION, user.get_id(), limit, datetime.now(UTC), reference)
        run = start_run(AUDITS, user, {"images": [reference]}, f"audit of {reference}")
        return {"run": run, "image": reference}

    return await changed(request, start, lambda made: f"audit-now/{made['run']}")


@router.get("", dependencies=[may_read], responses=FORMS)
async def form(request: Request, user: GetUserDep) -> Response:
    """Return the form in which an image is typed, and of which registries it may be."""

    def find() -> Data:
        actions = load_settings().actions
        return {"registries": actions.audit_registries, "limit": actions.audit_limit}

    return await shown(request, user, "audit-now.html", find, audit=MAY_AUDIT)


@router.get("/{run}", dependencies=[may_read], responses=FORMS)
async def how_far(request: Request, user: GetUserDep, run: Annotated[str, Path(max_length=250)]) -> Response:
    """Return how far a run by hand is; a browser is led to the image's page once that is there."""

    def find() -> Data:
        found = progress(connected_store(load_settings()), run)
        return {**msgspec.structs.asdict(found), "stages": STAGES, "page": _page(found)}

    try:
        data = await run_in_threadpool(find)
    except PraxiError as error:
        return refuse(request, wanted_form(request), error)
    if data["page"] and wanted_form(request) == "html":
        target = f"{request.scope.get('root_path', '')}/{data['page']}"
        return RedirectResponse(target, status.HTTP_303_SEE_OTHER, HEADERS)
    return await shown(request, user, "audit-run.html", lambda: data)


def _page(found: Progress) -> str:
    """Return the path of the image's page, below that of the pages; nothing if the run is about no image."""
    sound = [each for each in found.images if each.get("state") not in {None, "failed"}]
    if not found.done or len(found.images) != 1 or not sound:
        return ""
    return f"image?{urlencode({'image': sound[0]['image'], 'audit': run_key(found.run)})}"
