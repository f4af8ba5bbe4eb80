"""``POST /praxi/webhooks/alertmanager``: Alertmanager says that the model drifts, a training starts.

Sub-applications of the API server have no authentication of their own, and Alertmanager can only present a
fixed token: it must be the password of the Airflow connection that the setting ``webhook_connection`` names.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any, Final

from fastapi import APIRouter, Depends, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool

from praxi_airflow.settings import load_settings
from praxi_airflow.tasks import request_drift_training
from praxi_airflow.web.payload import Notification, PostedAlert, read_notification
from praxi_airflow.web.posted import posted_body
from praxi_airflow.web.secrets import connection_password
from praxi_tasks.errors import PraxiError
from praxi_tasks.printable import printable

logger = logging.getLogger(__name__)

_LARGEST_BODY: Final = 1 << 20
_LONGEST_NOTE: Final = 300
_TRAINING: Final = "praxi_train"
router = APIRouter(prefix="/webhooks")


def authenticate(request: Request) -> None:
    """Refuse who does not present the token, before anything of the body is read."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = connection_password(load_settings().findings.webhook_connection, "the webhook refuses everybody")
    if scheme.lower() != "bearer" or not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "present the webhook's token as a bearer token",
            {"WWW-Authenticate": "Bearer"},
        )


@router.post("/alertmanager", dependencies=[Depends(authenticate)])
async def receive(request: Request) -> dict[str, Any]:
    """Start one training for all drift alerts of a notification, once; other alerts are passed over."""
    body = await posted_body(request, _LARGEST_BODY, "notification")
    try:
        notification = read_notification(body)
    except ValueError as error:
        raise HTTPException(
            status.HTTP_422_UNPROCESSABLE_CONTENT, f"no Alertmanager notification: {error}"
        ) from error
    return await run_in_threadpool(_answer, notification)


def _answer(notification: Notification) -> dict[str, Any]:
    episode = notification.episode
    runs = [episode.run_id] if episode else []
    started = [run_id for run_id in runs if episode and _start(run_id, episode)]
    ignored = sum(not alert.wants_training for alert in notification.alerts)
    return {"runs": runs, "started": started, "ignored": ignored}


def _start(run_id: str, alert: PostedAlert) -> bool:
    """Start a training, unless this episode has one or the same was refused; return whether one began."""
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.exceptions import DagNotFound, DagRunAlreadyExists
    from airflow.utils.types import DagRunTriggeredByType

    try:
        asked = request_drift_training(run_id)
        if asked is None:
            return False
        trigger_dag(
            _TRAINING,
            triggered_by=DagRunTriggeredByType.REST_API,
            run_id=run_id,
            conf={"request": asked},
            note=printable(
                f"Alertmanager: {alert.labels.get('alertname', '')} of {alert.labels.get('instance', '')}",
                _LONGEST_NOTE,
            ),
        )
    except DagRunAlreadyExists:
        return False
    except DagNotFound as error:
        raise HTTPException(
            status.HTTP_503_SERVICE_UNAVAILABLE, f"there is no Dag {_TRAINING} yet"
        ) from error
    except PraxiError as error:
        logger.warning("no training for %s: %s", run_id, error)
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, str(error)) from error
    return True
