"""A change must come from a page of our own: nobody's browser is made to do it by another site.

Airflow knows a browser by a cookie, which the browser sends along whoever wrote the form. So a change that
is asked for by that cookie needs the token that only our pages hold, and the browser itself must not say that
another site asks. Who presents a bearer token needs neither: no browser adds that.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from fastapi import HTTPException, Request, status
from itsdangerous import BadSignature, URLSafeTimedSerializer

from praxi_airflow.settings import load_settings

FIELD: Final = "token"
"""The field of a form that holds the token; a script may send it as the header :data:`HEADER`."""
HEADER: Final = "X-Praxi-Token"
_LIFE: Final = 12 * 3_600
_RELOAD: Final = "reload the page and try again"


def form_token(user: BaseUser) -> str:
    """Return the token that this user's forms hold for twelve hours."""
    return str(_serializer().dumps(user.get_id()))


async def require_own_page(request: Request, user: GetUserDep) -> None:
    """Refuse a change that the user's browser was made to ask for.

    Raises
    ------
    HTTPException
        403: another site asked, or the token is missing, of another user or too old.
    """
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return
    if not _from_here(request):
        raise _refused("another site asked for this")
    given = request.headers.get(HEADER) or (await request.form()).get(FIELD)
    if not isinstance(given, str) or not _is_of(given, user):
        raise _refused(f"the page that asked for this is too old, or of another user: {_RELOAD}")


def _from_here(request: Request) -> bool:
    """Return whether the browser says that our own page asks; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    return bool(origin) and origin in _hosts(request)


def _hosts(request: Request) -> set[str]:
    """Return the hosts by which this server is reached: a proxy before it may have another name."""
    named = (conf.get("api", "base_url", fallback="") or "", load_settings().actions.pages_url)
    return {request.headers.get("Host", ""), *(urlsplit(url).netloc for url in named)} - {""}


def _is_of(given: str, user: BaseUser) -> bool:
    try:
        return bool(_serializer().loads(given, max_age=_LIFE) == user.get_id())
    except BadSignature:
        return False


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="praxi-form")


def _refused(why: str) -> HTTPException:
    return HTTPException(status.HTTP_403_FORBIDDEN, why)
