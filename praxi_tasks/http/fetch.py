"""Streams the answer to one GET request: credentials from the URL, proxies, redirects, a size limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from urllib3 import Timeout, make_headers
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from praxi_tasks.errors import HttpError, HttpRefusedError, HttpStatusError, HttpTooLargeError
from praxi_tasks.http.connections import connections_for
from praxi_tasks.http.network_errors import explain
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import PREFIX, HttpSettings
from praxi_tasks.http.transience import BoundedRetry, retry_after

_CHUNK: Final = 1 << 20
_RETRIES: Final = 2
_REDIRECTS: Final = 5
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_BACKOFF: Final = 0.5
_PART: Final = 206


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
    part
        What the header Content-Range says, where a part was asked for and is given; else empty.
    """

    url: str
    media_type: str
    chunks: Iterator[bytes]
    part: str = ""

    def read(self) -> bytes:
        """Return the rest of the body."""
        return b"".join(self.chunks)


@contextmanager
def open_url(
    url: str,
    *,
    limit: int,
    accept: str = "*/*",
    timeout: float | None = None,
    named: str = "",
    part: str = "",
    waits: bool = True,
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
    named
        The URL that a setting names, if ``url`` is what its server answered. The host of that, by default of
        ``url`` itself, may have any address; all others to which redirects lead only public ones.
    part
        What of the body is wanted, as the header Range has it. A server may send the whole all the same.
    waits
        Whether to ask a server again that is busy and says for how long; else its answer is raised, for
        whoever makes others wait as well.

    Raises
    ------
    HttpStatusError
        If the server answers with another status than 200, or 206 for a part.
    HttpTooLargeError
        If the body has more than ``limit`` bytes.
    HttpRefusedError
        If it, or a redirect, leads to an internal address or back from TLS, a password would be sent over
        plain HTTP, or the server's certificate is wrong.
    HttpError
        If it is no such URL, or the server can't be reached or breaks off.
    """
    where = redact_url(url)
    settings = HttpSettings.from_environment()
    silence = settings.read_timeout if timeout is None else timeout
    request = _Request(settings, accept, silence, _split(named or url).hostname or "", part, waits)
    try:
        final, response = request.follow(_split(url), where)
        try:
            if response.status != 200 and not (part and response.status == _PART):
                raise HttpStatusError(response.status, where=where, wait=retry_after(response.headers))
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            given = response.headers.get("Content-Range", "") if response.status == _PART else ""
            yield Response(final, media_type, _bounded(response, limit, where), given)
        finally:
            response.close()
    except HTTPError as error:
        failure = explain(error)
        kind = HttpError if failure.retryable else HttpRefusedError
        raise kind(failure.what, where=where, action=failure.action) from error


@dataclass(frozen=True)
class _Request:
    settings: HttpSettings
    accept: str
    silence: float
    named: str
    part: str
    waits: bool

    def follow(self, parts: SplitResult, where: str) -> tuple[str, BaseHTTPResponse]:
        """Return the answer after all redirects, and the URL that gave it."""
        account, first = _account(parts), _origin(parts)
        self._require_secrecy(parts, account, where)
        for _ in range(_REDIRECTS + 1):
            plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
            response = self._send(parts, plain, account if _origin(parts) == first else None)
            target = response.headers.get("Location")
            if response.status not in _MOVED or target is None:
                return plain, response
            response.close()
            parts = self._next(plain, target, where)
        raise HttpError("the server redirects too often", where=where, action="ask whoever runs it")

    def _send(self, parts: SplitResult, plain: str, account: str | None) -> BaseHTTPResponse:
        name = parts.hostname or ""
        is_named = _same(name, self.named) or self.settings.names(parts.netloc.rpartition("@")[2].lower())
        pool = connections_for(self.settings).pool(parts.scheme, name, parts.port, is_named=is_named)
        return pool.request(
            "GET",
            plain,
            headers={"Accept": self.accept, **make_headers(basic_auth=account), **self._of_part},
            redirect=False,
            retries=_ShortRetry(
                _RETRIES,
                backoff_factor=_BACKOFF,
                raise_on_status=False,
                respect_retry_after_header=self.waits,
            ),
            preload_content=False,
            timeout=Timeout(connect=min(self.silence, self.settings.connect_timeout), read=self.silence),
        )

    @property
    def _of_part(self) -> dict[str, str]:
        """The headers that ask for a part: of the file as it is, for parts of a compressed one are no use."""
        return {"Range": self.part, "Accept-Encoding": "identity"} if self.part else {}

    def _next(self, url: str, target: str, where: str) -> SplitResult:
        """Return where a redirect leads, relative to the URL that gave it; never from TLS to plain HTTP."""
        try:
            parts = _split(urljoin(url, target))
        except (ValueError, HttpError):
            raise HttpRefusedError("redirected to what is no URL of http or https", where=where) from None
        if url.startswith("https:") and parts.scheme == "http" and not self._is_plain(parts):
            raise HttpRefusedError(
                "redirected from TLS to plain HTTP", where=where, action=f"see {PREFIX}PLAIN_HTTP"
            )
        return parts

    def _require_secrecy(self, parts: SplitResult, account: str | None, where: str) -> None:
        if account is not None and parts.scheme == "http" and not self._is_plain(parts):
            raise HttpRefusedError(
                "refused to send a password over plain HTTP",
                where=where,
                action=f"use https, or add the host to {PREFIX}PLAIN_HTTP",
            )

    def _is_plain(self, parts: SplitResult) -> bool:
        return self.settings.allows_plain(parts.netloc.rpartition("@")[2].lower())


class _ShortRetry(BoundedRetry):
    """Those of a fetch, of which none waits for a server that is busy for long."""

    gives_up_early = True


def _same(name: str, named: str) -> bool:
    return name.rstrip(".") == named.rstrip(".")


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


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


def _bounded(response: BaseHTTPResponse, limit: int, where: str) -> Iterator[bytes]:
    size = 0
    for chunk in response.stream(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > limit:
            raise HttpTooLargeError(f"the answer has more than {limit:,} bytes", where=where)
        yield chunk
