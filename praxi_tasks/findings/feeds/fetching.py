"""Reading a feed's bytes from wherever it lies: a site, a ``file://`` URL, a plain path."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from praxi_tasks.errors import FeedError, UsageError
from praxi_tasks.http.connections import Connections
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import HttpSettings

_LARGEST: Final = 2 << 30
_CHUNK: Final = 1 << 20


def read_url(url: str, timeout: float, accept: str = "*/*") -> bytes:
    """Return what a URL or path holds.

    Parameters
    ----------
    timeout
        Longest silence of a server, in seconds.
    accept
        The media types wanted of a server.

    Raises
    ------
    FeedError
        If it can't be had now, or is larger than any feed.
    UsageError
        If the scheme is another than ``https``, ``http`` and ``file``.
    """
    scheme = urlsplit(url).scheme
    if scheme in {"", "file"}:
        return _read_file(Path(unquote(urlsplit(url).path) if scheme else unquote(url)))
    if scheme in {"http", "https"}:
        return _read_http(url, timeout, accept)
    raise UsageError("not a feed's URL", where=shown(url), action="use https, http or file")


def _read_file(path: Path) -> bytes:
    """Read a file; one of OSV's archives may also lie below a folder ``osv``."""
    nested = path.parent.parent / "osv" / path.parent.name / path.name
    try:
        return (path if path.exists() or not nested.exists() else nested).read_bytes()
    except OSError as error:
        raise FeedError(
            f"the feed can't be read: {error.strerror}",
            where=str(path),
            action="the copy of before stays in use",
        ) from error


def _read_http(url: str, timeout: float, accept: str) -> bytes:
    import urllib3

    parts = urlsplit(url)
    where, advice = redact_url(url), "the copy of before stays in use"
    account = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    pool = Connections(HttpSettings.from_environment()).pool(parts.scheme, parts.hostname or "")
    try:
        answer = pool.request(
            "GET",
            plain,
            headers={"Accept": accept, **urllib3.make_headers(basic_auth=account)},
            timeout=urllib3.Timeout(connect=min(timeout, 15.0), read=timeout),
            retries=urllib3.Retry(2, backoff_factor=0.5, redirect=5),
            preload_content=False,
        )
        if answer.status != 200:
            raise FeedError(f"the feed's server answered {answer.status}", where=where, action=advice)
        data = bytearray()
        for chunk in answer.stream(_CHUNK):
            data += chunk
            if len(data) > _LARGEST:
                raise FeedError("the feed is larger than 2 GiB", where=where, action=advice)
    except urllib3.exceptions.HTTPError as error:
        reason = type(error).__name__
        raise FeedError(f"the feed can't be fetched ({reason})", where=where, action=advice) from error
    return bytes(data)


def shown(url: str) -> str:
    """Return a URL as it may be noted and told: without credentials; a path as it is."""
    return redact_url(url) if "://" in url else url
