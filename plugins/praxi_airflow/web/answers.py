"""A page's answer: as HTML for people, the same as JSON for programs, and its rows as CSV for spreadsheets.

A page is a function from an audit to a mapping that JSON can hold. :func:`show` asks for it, and answers in
the form that is wanted: ``?format=json`` or ``csv`` comes before the header ``Accept``. What can't be shown
is answered with a page that says so, in the same forms.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from fastapi import Request, Response, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from praxi_airflow.web.access import HEADERS
from praxi_airflow.web.data import Audit, AuditReader, NoAuditError, PreparingError
from praxi_airflow.web.reading import reader
from praxi_airflow.web.rendering import render
from praxi_tasks.errors import KeyNotFoundError, PraxiError, UsageError
from praxi_tasks.notify import LinkError

logger = logging.getLogger(__name__)

Form = Literal["html", "json", "csv"]
Data = dict[str, Any]
FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The page", "content": {"text/html": {}, "application/json": {}, "text/csv": {}}},
    202: {"description": "The audit's tables are being made ready"},
    401: {"description": "Nobody is logged in"},
    403: {"description": "No right to this, or a link that is no good"},
    422: {"description": "What is asked for can't be right, and why"},
    404: {"description": "There is no such audit, or nothing of that name in it"},
    503: {"description": "The store can't be read now, or it took too long"},
}
"""What OpenAPI says of a page's answers."""
_SEPARATOR: Final = "; "


class NothingError(PraxiError):
    """The audit has nothing of the name that was asked for."""

    code = "nothing"


async def show(request: Request, template: str, page: Callable[[Audit], Data], audit: str = "") -> Response:
    """Answer with a page about an audit.

    Parameters
    ----------
    template
        Which makes HTML of the data; it has them as variables, beside ``audit``, the overview.
    page
        Finds the data. ``rows``, if there are any, are the lines of the CSV.
    audit
        The run that is asked; empty for the newest that is complete.
    """

    def found(asked: Audit) -> Data:
        overview = asked.overview
        about = {"run": overview.run, "at": overview.at, "line": overview.scope.line}
        return {"audit": about, **page(asked)}

    form, only = wanted_form(request), getattr(request.state, "only", None)
    try:
        asked = await run_in_threadpool(reader)
        data = await asked.ask(found, audit, only)
    except NoAuditError as error:
        return refuse(request, form, error, () if only else await _running(asked))
    except PraxiError as error:
        return refuse(request, form, error)
    return answer(request, form, template, data)


async def _running(asked: AuditReader) -> Sequence[Data]:
    """Return the audits that go on, where there is no other; none where the store does not say."""
    try:
        return await asked.call(lambda: [vars(run) for run in asked.audits.running()])
    except PraxiError:
        return ()


async def show_all(request: Request, template: str, work: Callable[[AuditReader], Data]) -> Response:
    """Answer with a page about no audit alone.

    Parameters
    ----------
    work
        Finds the data, in one of the pages' threads.
    """
    form = wanted_form(request)
    try:
        asked = await run_in_threadpool(reader)
        data = await asked.call(lambda: work(asked))
    except PraxiError as error:
        return refuse(request, form, error)
    return answer(request, form, template, data)


def wanted_form(request: Request) -> Form:
    """Return the form that a request asks for."""
    named = request.query_params.get("format", "")
    accepted = request.headers.get("accept", "")
    for form, media in (("json", "application/json"), ("csv", "text/csv")):
        if named == form or (not named and media in accepted and "text/html" not in accepted):
            return form  # type: ignore[return-value]  # one of the literals above
    return "html"


def answer(
    request: Request, form: Form, template: str, data: Data, code: int = status.HTTP_200_OK
) -> Response:
    """Return data in a form."""
    if form == "json":
        return Response(msgspec.json.encode(data), code, HEADERS, "application/json")
    if form == "csv":
        name = template.removesuffix(".html")
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="praxi-{name}.csv"'}
        return Response(as_csv(data.get("rows", ())), code, headers, "text/csv; charset=utf-8")
    return HTMLResponse(render(request, template, data), code, HEADERS)


def refuse(request: Request, form: Form, error: PraxiError, running: Sequence[Data] = ()) -> Response:
    """Return what says why there is no page, and what to do; ``running`` are audits that will make one."""
    code, state = _meaning(error)
    if code == status.HTTP_503_SERVICE_UNAVAILABLE:
        logger.warning("no page %s: %s", request.url.path, error)
    data: Data = {"state": state, "code": error.code, "problem": error.what, "action": error.action}
    if running:
        data["running"] = running
    if form == "csv":
        form = "json"
    response = answer(request, form, "state.html", data, code)
    if error.retryable:
        response.headers["Retry-After"] = "3"
    return response


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a heading.

    A cell that a spreadsheet would take for a formula begins with an apostrophe: names are untrusted.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(rows[0].keys() if rows else ())
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return file.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = _SEPARATOR.join(map(str, value))
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value


def _meaning(error: PraxiError) -> tuple[int, str]:
    if isinstance(error, PreparingError):
        return status.HTTP_202_ACCEPTED, "loading"
    if isinstance(error, NoAuditError):
        return status.HTTP_200_OK, "empty"
    if isinstance(error, LinkError):
        return status.HTTP_403_FORBIDDEN, "link"
    if isinstance(error, NothingError | KeyNotFoundError):
        return status.HTTP_404_NOT_FOUND, "missing"
    if isinstance(error, UsageError):
        return status.HTTP_422_UNPROCESSABLE_CONTENT, "error"
    return status.HTTP_503_SERVICE_UNAVAILABLE, "error"
