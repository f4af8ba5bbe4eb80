"""``GET /praxi/reports/DAG/RUN``: the report of a run, from the store; Airflow shows it on the run's page.

With ``?tab`` it is a page that frames the report and tells it whether Airflow is light or dark, which the
report can't see: it has no origin. Where there is no report yet, the page looks again until there is.

Airflow shows a plugin's tab on the runs of every Dag and cannot limit it, so a run of a Dag without reports
gets a page that names the Dags that have them.

Sub-applications of the API server have no authentication of their own: a report is shown to users who may
read the runs of its Dag. It contains text from untrusted images, so the browser gives it no origin and no
network access: an injected script could neither act for the user nor send data anywhere. A report's own
policy may be stricter about scripts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import HTMLResponse

from praxi_airflow.hooks import connected_store
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import load_settings
from praxi_airflow.web.rendering import render
from praxi_tasks.errors import KeyNotFoundError, PraxiError
from praxi_tasks.findings.report import stylesheet, theme_script
from praxi_tasks.store import keys

logger = logging.getLogger(__name__)

PAGE: Final = "report.html"
_PLACES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "praxi_audit": keys.run,
    "praxi_train": keys.training_run,
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "sandbox allow-scripts allow-downloads allow-popups; "
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_FRAME_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_AGAIN: Final = 10  # seconds after which a tab looks again for a report that is not there yet
router = APIRouter(prefix="/reports")


_may_read = requires_access_dag("GET", DagAccessEntity.RUN)


@router.get("/{dag_id}/{run_id:path}", dependencies=[Depends(_may_read)])
def report(request: Request, dag_id: str, run_id: str) -> HTMLResponse:
    """Return a run's report, or a page that says why there is none."""
    if "tab" in request.query_params:
        return HTMLResponse(render(request, "frame.html", {}), headers=_FRAME_HEADERS)
    place = _PLACES.get(dag_id)
    if place is None:
        others = " and ".join(_PLACES)
        return _note(status.HTTP_404_NOT_FOUND, f"Runs of this Dag have no report; those of {others} do.")
    try:
        page = connected_store(load_settings()).get(place(run_key(run_id), PAGE))
    except KeyNotFoundError:
        message = (
            "There is no report yet: the task <code>report</code> of this run writes it. "
            f"This page looks again every {_AGAIN} seconds."
        )
        return _note(status.HTTP_404_NOT_FOUND, message, again=True)
    except PraxiError as error:
        logger.warning("no report of %s %s: %s", dag_id, run_id, error)
        message = "The store can't be read now. The log of the API server says why."
        return _note(status.HTTP_503_SERVICE_UNAVAILABLE, message)
    return HTMLResponse(page.decode(), headers=_HEADERS)


def _note(code: int, message: str, *, again: bool = False) -> HTMLResponse:
    """Return a page of one sentence, which is HTML and holds nothing from outside."""
    refresh = f'<meta http-equiv="refresh" content="{_AGAIN}">' if again else ""
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{refresh}<title>Praxi report</title>'
        f"<style>{stylesheet()}</style><script>{theme_script()}</script>"
        f'<body class="page"><p class="note">{message}</p>'
    )
    return HTMLResponse(page, code, headers=_HEADERS)
