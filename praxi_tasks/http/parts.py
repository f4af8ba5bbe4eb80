"""Reads parts of a file on a server, by HTTP's Range requests (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from praxi_tasks.errors import HttpNoPartsError, HttpStatusError
from praxi_tasks.http.fetch import Response, open_url
from praxi_tasks.http.redact import redact_url

_GIVEN: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
# What storage that knows no ranges, or none that count from the end, says to one.
_NO_PARTS: Final = frozenset({400, 405, 416, 501})


class FilePart(NamedTuple):
    """Bytes of a file: the offset of their ``first``, and how many the whole file has."""

    data: bytes
    first: int
    total: int


def read_part(
    url: str, length: int, first: int | None = None, *, named: str = "", waits: bool = True
) -> FilePart:
    """Read ``length`` bytes from an offset on, or the last ones of the file; fewer if it has no more.

    Parameters
    ----------
    named, waits
        See :func:`~praxi_tasks.http.fetch.open_url`.

    Raises
    ------
    HttpNoPartsError
        If the server sends the whole file or another part, of which nothing is read, or refuses to give one.
    HttpError
        As :func:`~praxi_tasks.http.fetch.open_url`.
    """
    wanted = f"-{length}" if first is None else f"{first}-{first + length - 1}"
    try:
        with open_url(url, limit=length, named=named, part=f"bytes={wanted}", waits=waits) as answer:
            return _part_of(answer, url, wanted, length, first)
    except HttpStatusError as error:
        if error.status not in _NO_PARTS:
            raise
        raise HttpNoPartsError(
            f"the server gives no parts of files: it answered {error.status}", where=redact_url(url)
        ) from error


def _part_of(answer: Response, url: str, wanted: str, length: int, first: int | None) -> FilePart:
    given = _GIVEN.fullmatch(answer.part.strip())
    if given is None:
        raise HttpNoPartsError("the server gives no parts of files", where=redact_url(url))
    start, last, total = (int(number) for number in given.groups())
    expected = max(total - length, 0) if first is None else first
    data = answer.read() if start == expected and last < total else b""
    if not data or len(data) != last - start + 1 or len(data) != min(length, total - start):
        raise HttpNoPartsError(
            f"the server gave another part than {wanted}: {start}-{last} of {total}, {len(data)} bytes",
            where=redact_url(url),
        )
    return FilePart(data, start, total)
