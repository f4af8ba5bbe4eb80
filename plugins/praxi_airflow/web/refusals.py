"""What people see whom Airflow turns away: a page that says what to do, where a program gets JSON."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import HTTPException, Request, Response, status
from fastapi.exception_handlers import http_exception_handler

from praxi_airflow.web.answers import answer

_REFUSED: Final = {
    status.HTTP_401_UNAUTHORIZED: ("stranger", "nobody is logged in in this browser"),
    status.HTTP_403_FORBIDDEN: ("forbidden", "Airflow gives you no right to this"),
}


async def turned_away(request: Request, error: Exception) -> Response:
    """Answer a browser with a page, and everything else as FastAPI does; the status stays what it is."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    if error.status_code not in _REFUSED or "text/html" not in request.headers.get("accept", ""):
        return await http_exception_handler(request, error)
    if request.method == "POST":
        data = {"code": "refused", "problem": error.detail, "action": ""}
        return answer(request, "html", "refused.html", data, error.status_code)
    state, problem = _REFUSED[error.status_code]
    data = {"state": state, "code": state, "problem": problem, "action": "", "login": _login(request)}
    return answer(request, "html", "state.html", data, error.status_code)


def _login(request: Request) -> str:
    """Return where Airflow lets people log in, and from where it leads them back to this page."""
    airflow = request.scope.get("root_path", "").removesuffix("/praxi")
    back = {"next": str(request.url)}
    return f"{airflow}/api/v2/auth/login?{urlencode(back)}"
