"""Reads pages and files of package indexes: HTTP's errors become those of a release."""

from __future__ import annotations

import hashlib
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
        If the server can't be reached now, or answers what another try may not meet again.
    ReleaseError
        If it refuses.
    """

    def get() -> Page:
        with open_url(url, limit=LARGEST_PAGE, accept=accept) as answer:
            return Page(answer.read(), answer.media_type, answer.url)

    with release_errors():
        return paced(url, get)


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
        with open_url(url, limit=LARGEST_FILE, named=index) as answer, to.open("wb") as file:
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
        raise kind(f"the index answered {error.status}", where=error.where) from error
    except HttpTooLargeError as error:
        raise ReleaseRefusedError(error.what, where=error.where) from error
    except HttpError as error:
        kind = IndexUnavailableError if error.retryable else ReleaseError
        raise kind(f"the index: {error.what}", where=error.where, action=error.action) from error
