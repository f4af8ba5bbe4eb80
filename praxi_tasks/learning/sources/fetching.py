"""Fetching from package indexes over HTTP: proxies and certificates as for registries, within sane bounds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.http.connections import Connections
from praxi_tasks.http.redact import redact_url
from praxi_tasks.http.settings import HttpSettings

LARGEST_PAGE: Final = 64 << 20
LARGEST_FILE: Final = 4 << 30
_CHUNK: Final = 1 << 20


class Page(NamedTuple):
    """What a server answered: the bytes, their media type, and the address after all redirects."""

    data: bytes
    kind: str
    url: str


def check_site(url: str, variable: str) -> str:
    """Return the address of an index without the slash at its end.

    Raises
    ------
    UsageError
        If it is no address of a web server; the message names the variable it came from.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("not the address of a package index", where=variable, action="use https or http")
    return url.rstrip("/")


def check_public(url: str, variable: str) -> str:
    """Return an address that foreign code may see; see :func:`check_site`.

    Raises
    ------
    UsageError
        If it is no address of a web server, or has a user's name or password in it.
    """
    if "@" in urlsplit(url).netloc:
        raise UsageError(
            "foreign code would see these credentials", where=variable, action="name an index that needs none"
        )
    return check_site(url, variable)


def read_page(url: str, accept: str) -> Page:
    """Read a page of an index.

    Raises
    ------
    ReleaseNotFoundError
        If there is none.
    ReleaseError
        If the server can't be reached, refuses, or sends more than any index.
    """
    with _answer(url, accept) as (headers, address, chunks):
        data = bytearray()
        for chunk in chunks:
            data += chunk
            if len(data) > LARGEST_PAGE:
                raise ReleaseRefusedError("the index's page is absurdly large", where=redact_url(url))
        return Page(bytes(data), headers.get("Content-Type", "").partition(";")[0].strip(), address)


def save_file(url: str, to: Path, algorithm: str = "", digest: bytes = b"") -> Path:
    """Fetch a file, and check it if the index told its digest; see :func:`read_page` for errors.

    Raises
    ------
    ReleaseRefusedError
        If it is another file than the index says, or larger than any release.
    """
    hashed = hashlib.new(algorithm or "sha256")
    size = 0
    with _answer(url, "*/*") as (_, _, chunks), to.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise ReleaseRefusedError("the file is absurdly large", where=redact_url(url))
            hashed.update(chunk)
            file.write(chunk)
    if digest and hashed.digest() != digest:
        raise ReleaseRefusedError("the file is not the one that the index lists", where=redact_url(url))
    return to


@contextmanager
def _answer(url: str, accept: str) -> Iterator[tuple[dict[str, str], str, Iterator[bytes]]]:
    import urllib3

    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ReleaseError("the index gives no address", where=url[:200]) from error
    account = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    pool = Connections(HttpSettings.from_environment()).pool(parts.scheme, parts.hostname or "")
    where = redact_url(url)
    try:
        answer = pool.request(
            "GET",
            plain,
            headers={"Accept": accept, **urllib3.make_headers(basic_auth=account)},
            retries=urllib3.Retry(2, backoff_factor=0.5, redirect=5),
            preload_content=False,
        )
        if answer.status in {404, 410}:
            raise ReleaseNotFoundError("the index does not have it", where=where)
        if answer.status != 200:
            raise ReleaseError(f"the index answered {answer.status}", where=where)
        address = urljoin(plain, answer.geturl() or "")
        yield dict(answer.headers), address, answer.stream(_CHUNK, decode_content=True)
    except urllib3.exceptions.HTTPError as error:
        raise ReleaseError(f"the index can't be reached ({type(error).__name__})", where=where) from error
