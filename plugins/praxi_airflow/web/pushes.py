"""``POST /praxi/events/{form}``: a registry tells that an image was pushed.

It becomes an event of the asset ``praxi_pushes``, as a queue's message does, so Airflow merges all that come
before it starts a run. Registries can present no login of Airflow's: they present the password of the Airflow
connection that the setting ``event_webhook_connection`` names.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool

from praxi_airflow.assets import PUSHES
from praxi_airflow.settings import load_settings
from praxi_airflow.web.posted import posted_body
from praxi_airflow.web.secrets import connection_password
from praxi_tasks.errors import EventError
from praxi_tasks.events import LARGEST, Form, Notices, is_heeded, knows_secret, read_body
from praxi_tasks.json_decoding import decode

router = APIRouter(prefix="/events")
_REFUSAL: Final = "present the secret as a bearer token, or as the password of basic authentication"


def authenticate(request: Request) -> None:
    """Refuse who does not know the secret, before anything of the body is read."""
    secrets = connection_password(load_settings().events.webhook_connection, "no registry may post pushes")
    if not knows_secret(request.headers.get("Authorization", ""), secrets):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, _REFUSAL, {"WWW-Authenticate": "Bearer"})


@router.post("/{form}", status_code=status.HTTP_202_ACCEPTED, dependencies=[Depends(authenticate)])
async def receive(request: Request, form: Form) -> dict[str, Any]:
    """Take a notification in; say how many pushes of an image it tells that are heeded, and what else."""
    body = await posted_body(request, LARGEST, "notification")
    try:
        notices = read_body(body, form)
    except EventError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    return await run_in_threadpool(_answer, notices, body)


def _answer(notices: Notices, body: bytes) -> dict[str, Any]:
    rules = load_settings().events.rules
    heeded = sum(is_heeded(push, rules) for push in notices.pushes)
    if heeded:
        _register({"payload": decode(body)})
    return {"heeded": heeded, "foreign": len(notices.pushes) - heeded, "ignored": notices.ignored}


def _register(extra: dict[str, Any]) -> None:
    """Make an event of the asset: Airflow starts a run for it."""
    from airflow.assets.manager import asset_manager
    from airflow.models.asset import AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.scalar(select(AssetModel).where(AssetModel.name == PUSHES.name))
        event = found and asset_manager.register_asset_change(
            asset=found, extra=extra, source_is_api=True, session=session
        )
        if not event:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "there is no Dag praxi_on_push yet")
