"""What a check of a whole feed counts in it: its entries, and the day of the newest."""

from __future__ import annotations

import io
import re
from collections.abc import Sized
from datetime import UTC, datetime, timedelta
from typing import IO, Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.exploitation import read_epss, read_kev
from praxi_tasks.findings.feeds.zip_archive import open_archive
from praxi_tasks.store.compressed import DAMAGED_ZIP, decompressed

_CHUNK: Final = 1 << 20
_LONGEST: Final = 64
"""Bytes of the text that names a day, so that one which two chunks share is seen."""
_HEAD: Final = 1 << 10
_MODIFIED: Final = re.compile(rb'"modified"\s{0,4}:\s{0,4}"(\d{4}-\d\d-\d\d)')
_RELEASED: Final = re.compile(rb'"dateReleased"\s{0,4}:\s{0,4}"(\d{4}-\d\d-\d\d)')
_SCORED: Final = re.compile(rb"#[^\n]{0,100}score_date:(\d{4}-\d\d-\d\d)")


class Contents(msgspec.Struct, frozen=True):
    """How many entries a feed has, 0 where nobody counted; and the day of the newest, if it is known."""

    entries: int = 0
    newest: str = ""


def contents_of(checked: object) -> Contents:
    """Return what a check found in a file: this, a number of entries, or what has a length."""
    if isinstance(checked, Contents):
        return checked
    if isinstance(checked, int):
        return Contents(checked)
    return Contents(len(checked) if isinstance(checked, Sized) else 0)


def check_archive(data: bytes, where: str) -> Contents:
    """Check that OSV's archive of advisories is whole.

    Raises
    ------
    DataError
        If it is damaged, or holds none.
    """
    last, newest, advisories = _tomorrow(), b"", 0
    try:
        with open_archive(data, where) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    newest = max(newest, _newest_modified(file, last))
                advisories += member.filename.endswith(".json")
    except DAMAGED_ZIP as error:
        raise DataError(f"an advisory archive is broken: {error}", where=where) from error
    if not advisories:
        raise DataError("an advisory archive is broken: it lists no advisory", where=where)
    return Contents(advisories, newest.decode())


def check_kev(data: bytes, where: str) -> Contents:
    """Check CISA's catalogue; see :func:`~praxi_tasks.findings.feeds.exploitation.read_kev`."""
    return Contents(len(read_kev(data, where)), _day(_RELEASED.search(data)))


def check_epss(data: bytes, where: str) -> Contents:
    """Check EPSS's list; see :func:`~praxi_tasks.findings.feeds.exploitation.read_epss`."""
    rows = len(read_epss(data, where))
    return Contents(rows, _day(_SCORED.match(decompressed(io.BytesIO(data)).read(_HEAD))))


def _newest_modified(file: IO[bytes], last: bytes) -> bytes:
    """Return the newest day by which a record of OSV's form was changed; the file is read to its end."""
    newest, rest = b"", b""
    while chunk := file.read(_CHUNK):
        seen = rest + chunk
        newest = max((day for day in _MODIFIED.findall(seen) if newest < day <= last), default=newest)
        rest = seen[-_LONGEST:]
    return newest


def _tomorrow() -> bytes:
    """Return the last day that is believed: clocks and time zones differ."""
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat().encode()


def _day(found: re.Match[bytes] | None) -> str:
    return found[1].decode() if found and found[1] <= _tomorrow() else ""
