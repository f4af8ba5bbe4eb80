"""Streams the answer to one GET request: credentials from the URL, proxies, redirects, a size limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from praxi_tasks.errors import HttpError, HttpStatusError, HttpTooLargeError
from praxi_tasks.http.connections import connections_for
from praxi_tasks.http.network_errors import explain
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import HttpSettings

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_CHUNK: Final = 1 << 20
_RETRIES: Final = 2
_REDIRECTS: Final = 5
_BACKOFF: Final = 0.5


@dataclass(frozen=True)
class Response:
    """A successful answer whose body is still to be read.

    Attributes
    ----------
    url
        Where it came from after all redirects, without credentials and fragment.
    media_type
        In lower case, without parameters; empty if the server names none.
    chunks
        The body, decoded, never more than the limit; reading raises the errors of :func:`open_url`.
    """

    url: str
    media_type: str
    chunks: Iterator[bytes]

    def read(self) -> bytes:
        """Return the rest of the body."""
        return b"".join(self.chunks)


@contextmanager
def open_url(
    url: str, *, limit: int, accept: str = "*/*", timeout: float | None = None
) -> Iterator[Response]:
    """Open a URL for one reading; server, proxy and authorities are those of :class:`HttpSettings`.

    Parameters
    ----------
    url
        Of ``https`` or ``http``. A user and password in it are sent as basic authentication to its own host
        only, and appear in no error.
    limit
        Most bytes that the body may have.
    accept
        The media types wanted.
    timeout
        Longest silence of the server in seconds; the settings' by default.

    Raises
    ------
    HttpStatusError
        If the server answers with another status than 200.
    HttpTooLargeError
        If the body has more than ``limit`` bytes.
    HttpError
        If it is no such URL, or the server can't be reached or breaks off.
    """
    import urllib3

    parts = _split(url)
    where = redact_url(url)
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    settings = HttpSettings.from_environment()
    silence = settings.read_timeout if timeout is None else timeout
    pool = connections_for(settings).pool(parts.scheme, parts.hostname or "")
    try:
        response = pool.request(
            "GET",
            plain,
            headers={"Accept": accept, **urllib3.make_headers(basic_auth=_account(parts))},
            retries=urllib3.Retry(_RETRIES, backoff_factor=_BACKOFF, redirect=_REDIRECTS),
            preload_content=False,
            timeout=urllib3.Timeout(connect=min(silence, settings.connect_timeout), read=silence),
        )
        try:
            if response.status != 200:
                raise HttpStatusError(response.status, where=where)
            yield Response(
                _redirected(plain, response),
                response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                _bounded(response, limit, where),
            )
        finally:
            response.close()
    except urllib3.exceptions.HTTPError as error:
        failure = explain(error)
        raise HttpError(failure.what, where=where, action=failure.action) from error


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_complete = bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError as error:
        raise HttpError("not a URL", where=redact_url(url)) from error
    if parts.scheme not in {"http", "https"} or not is_complete:
        raise HttpError("not a URL of http or https", where=redact_url(url))
    return parts


def _account(parts: SplitResult) -> str | None:
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None


def _redirected(url: str, response: BaseHTTPResponse) -> str:
    """Follow the redirects that led to a response: each may be relative to the one before."""
    for step in response.retries.history if response.retries else ():
        url = urljoin(url, step.redirect_location or "")
    return url


def _bounded(response: BaseHTTPResponse, limit: int, where: str) -> Iterator[bytes]:
    size = 0
    for chunk in response.stream(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > limit:
            raise HttpTooLargeError(f"the answer has more than {limit:,} bytes", where=where)
        yield chunk
