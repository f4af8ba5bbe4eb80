"""Reads pages and files of package indexes: HTTP's errors become those of a release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.errors import (
    HttpError,
    HttpNoPartsError,
    HttpStatusError,
    HttpTooLargeError,
    IndexUnavailableError,
    NoPartsError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
)
from praxi_tasks.http import PASSING, open_url, redact_url
from praxi_tasks.learning.sources.pacing import paced

LARGEST_PAGE: Final = 64 << 20
LARGEST_FILE: Final = 4 << 30
_BEGINNING: Final = 64 << 10
_HTML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<(?:!doctype\s{1,9}html|html)\b", re.IGNORECASE)
_PASSWORD: Final = re.compile(rb"<input\b[^<>]{0,300}\btype\s{0,9}=\s{0,9}[\"']?password\b", re.IGNORECASE)


class Page(NamedTuple):
    """What a server answered: the bytes, their media type, and the address after all redirects."""

    data: bytes
    media_type: str
    url: str


def read_page(url: str, accept: str) -> Page:
    """Read a page of an index.

    Raises
    ------
    ReleaseNotFoundError
        If there is none.
    ReleaseRefusedError
        If it is larger than any index's page.
    IndexUnavailableError
        If the server can't be reached now, or answers what another try may not meet again: a login page,
        for one, says nothing of what the index has.
    ReleaseError
        If it refuses.
    """

    def get() -> Page:
        with open_url(url, limit=LARGEST_PAGE, accept=accept, waits=False) as answer:
            return Page(answer.read(), answer.media_type, answer.url)

    with release_errors():
        page = paced(url, get)
    _refuse_login(page, "html" in accept)
    return page


def _refuse_login(page: Page, wants_html: bool) -> None:
    beginning = page.data[:_BEGINNING]
    if _HTML.match(beginning) and (not wants_html or _PASSWORD.search(beginning)):
        raise IndexUnavailableError(
            "a web page answered in place of the index: a login page or a proxy's",
            where=redact_url(page.url),
            action="check the index's address and credentials, and HTTPS_PROXY and NO_PROXY",
        )


def save_file(url: str, to: Path, algorithm: str = "", digest: bytes = b"", *, index: str) -> Path:
    """Fetch a file, and check it if the index lists its digest; see :func:`read_page` for errors.

    Parameters
    ----------
    url
        What a page of ``index`` says: of hosts with internal addresses, only the index's own is asked.

    Raises
    ------
    ReleaseRefusedError
        If it is another file than the index says, or larger than any release.
    """

    def get() -> bytes:
        hashed = hashlib.new(algorithm or "sha256")
        with open_url(url, limit=LARGEST_FILE, named=index, waits=False) as answer, to.open("wb") as file:
            for chunk in answer.chunks:
                hashed.update(chunk)
                file.write(chunk)
        return hashed.digest()

    with release_errors():
        found = paced(url, get)
    if digest and found != digest:
        raise ReleaseRefusedError("the file is not the one that the index lists", where=redact_url(url))
    return to


@contextmanager
def release_errors() -> Iterator[None]:
    """Turn HTTP's errors into those of a release."""
    try:
        yield
    except HttpNoPartsError as error:
        raise NoPartsError(error.what, where=error.where) from error
    except HttpStatusError as error:
        if error.status in {404, 410}:
            raise ReleaseNotFoundError("the index does not have it", where=error.where) from error
        kind = IndexUnavailableError if error.status in PASSING else ReleaseError
        action = "check its credentials" if error.status in {401, 403} else ""
        raise kind(f"the index answered {error.status}", where=error.where, action=action) from error
    except HttpTooLargeError as error:
        raise ReleaseRefusedError(error.what, where=error.where) from error
    except HttpError as error:
        kind = IndexUnavailableError if error.retryable else ReleaseError
        raise kind(f"the index: {error.what}", where=error.where, action=error.action) from error
