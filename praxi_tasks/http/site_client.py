"""A client of one server that a setting names: Alertmanager, a Pushgateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import msgspec
from urllib3 import BaseHTTPResponse, Timeout, make_headers
from urllib3.exceptions import HTTPError

from praxi_tasks.errors import HttpError, HttpRefusedError
from praxi_tasks.http.connections import Connections
from praxi_tasks.http.network_errors import explain
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import HttpSettings
from praxi_tasks.http.transience import PASSING, BoundedRetry
from praxi_tasks.printable import printable

_TIMEOUT: Final = Timeout(connect=5, read=20)
_REDIRECTS: Final = 3
_LOGIN: Final = "check the URL, and that the credentials let one past a login page"
_LARGEST_ERROR: Final = 300


class _Retry(BoundedRetry):
    """Those of a request; a server that asks for a longer wait is left to the task's next try."""

    gives_up_early = True


# Hundreds of requests would hardly ever all get through where each has one try.
_RETRY: Final = _Retry(
    total=4,
    redirect=False,
    backoff_factor=0.25,
    status_forcelist=PASSING,
    allowed_methods=None,
    raise_on_status=False,
)


class SiteClient:
    """Sends requests to one server, again where that may help, and to where its own host redirects them.

    Parameters
    ----------
    url
        Its base URL; may hold a user and password for basic authentication.
    server
        What it is to the reader: ``Alertmanager``, for instance.
    headers
        Of every request; one of authorization goes before the URL's account.
    ca_bundle
        A PEM file of authorities to trust besides the system's; by default that of ``PRAXI_CA_BUNDLE``.
    """

    def __init__(
        self, url: str, server: str, headers: Mapping[str, str] | None = None, *, ca_bundle: str = ""
    ) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.base = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._server = server
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        self._headers = {**_basic(account), **(headers or {})}
        settings = HttpSettings.from_environment()
        if ca_bundle:
            settings = msgspec.structs.replace(settings, ca_bundle=ca_bundle)
        self._pool = Connections(settings).pool(parts.scheme, parts.hostname or "", parts.port)

    def request(self, method: str, path: str, body: bytes | None = None) -> BaseHTTPResponse:
        """Return the answer of whatever status to a request below the base URL.

        Raises
        ------
        HttpError
            If the server can't be reached, redirects elsewhere, or answers with a web page.
        """
        url = f"{self.base}{path}"
        try:
            answer = self._follow(method, url, body)
        except HTTPError as error:
            failure = explain(error, self._server)
            raise HttpError(failure.what, where=url, action=failure.action) from error
        if 200 <= answer.status < 300 and _is_page(answer.data):
            raise HttpRefusedError(
                f"a web page answered in place of {self._server}", where=url, action=_LOGIN
            )
        return answer

    def _follow(self, method: str, url: str, body: bytes | None) -> BaseHTTPResponse:
        for _ in range(_REDIRECTS + 1):
            answer = self._pool.request(
                method,
                url,
                body=body,
                headers=self._headers,
                timeout=_TIMEOUT,
                retries=_RETRY,
                redirect=False,
            )
            target = answer.get_redirect_location()
            if not target:
                return answer
            url = self._next(url, target)
        raise HttpRefusedError(f"{self._server} redirects too often", where=self.base, action="check the URL")

    def _next(self, url: str, target: str) -> str:
        place = same_host(url, target)
        if place is None:
            elsewhere = printable(redact_url(target))
            raise HttpRefusedError(f"{self._server} redirects to {elsewhere}", where=self.base, action=_LOGIN)
        return place


def same_host(url: str, target: str) -> str | None:
    """Return where a redirect leads; None if from TLS to none, or to another host: a login page, mostly."""
    try:
        before, after = urlsplit(url), urlsplit(urljoin(url, target))
    except ValueError:
        return None
    plain = before.scheme == "https" and after.scheme != "https"
    if after.hostname != before.hostname or after.scheme not in {"http", "https"} or plain:
        return None
    return after.geturl()


def refusal_text(body: bytes) -> str:
    """Return what an answer says of itself, after a colon; the pages of proxies say nothing."""
    text = "" if _is_page(body) else body[:_LARGEST_ERROR].decode(errors="replace").strip()
    return f": {printable(text)}" if text else ""


def _is_page(body: bytes) -> bool:
    return body.lstrip().startswith(b"<")


def _basic(account: str | None) -> dict[str, str]:
    return dict(make_headers(basic_auth=account)) if account else {}
