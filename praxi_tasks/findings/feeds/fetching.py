"""Reads a feed from a site, a ``file://`` URL or a plain path."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from praxi_tasks.errors import FeedError, HttpError, HttpStatusError, UsageError
from praxi_tasks.findings.feeds.busy_hosts import BUSY
from praxi_tasks.http import PASSING, open_url, redact_url

_LARGEST: Final = 2 << 30
_ADVICE: Final = "check its URL"


def read_url(url: str, timeout: float, accept: str = "*/*", named: str = "") -> bytes:
    """Return what a URL or path holds.

    Parameters
    ----------
    timeout
        Longest silence of a server, in seconds.
    accept
        The media types wanted of a server.
    named
        The URL that a setting names, if ``url`` is what its server answered.

    Raises
    ------
    FeedError
        If it can't be had now, or is larger than any feed.
    UsageError
        If the scheme is another than ``https``, ``http`` and ``file``, or there is no such file.
    """
    scheme = urlsplit(url).scheme
    if scheme in {"", "file"}:
        return _read_file(Path(unquote(urlsplit(url).path) if scheme else unquote(url)))
    if scheme in {"http", "https"}:
        return _read_http(url, timeout, accept, named)
    raise UsageError("not a feed's URL", where=shown(url), action="use https, http or file")


def _read_file(path: Path) -> bytes:
    """Read a file; one of OSV's archives may also be in a folder ``osv``."""
    nested = path.parent.parent / "osv" / path.parent.name / path.name
    try:
        return (path if path.exists() or not nested.exists() else nested).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise UsageError("there is no such file", where=str(path), action="correct the path") from error
    except OSError as error:
        raise FeedError(
            f"the feed can't be read: {error.strerror}",
            where=str(path),
            action=_ADVICE,
        ) from error


def _read_http(url: str, timeout: float, accept: str, named: str) -> bytes:
    host = urlsplit(url).netloc.rpartition("@")[2]
    BUSY.check(host, shown(url))
    try:
        with open_url(url, limit=_LARGEST, accept=accept, timeout=timeout, named=named) as answer:
            data = answer.read()
    except HttpError as error:
        if isinstance(error, HttpStatusError):
            if error.status in PASSING:
                BUSY.failed(host, error.what, error.wait)
        elif error.retryable:
            BUSY.failed(host, error.what)
        raise FeedError(
            f"the feed: {error.what}", where=error.where, action=error.action or _ADVICE
        ) from error
    BUSY.answered(host)
    return data


def shown(url: str) -> str:
    """Return a URL as it may be shown: without credentials; a path as it is."""
    return redact_url(url) if "://" in url else url
