"""Which form a vendor's file has, told by its content, and its records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.findings.advisories.osv import Record
from praxi_tasks.findings.advisories.vendors import oval, updateinfo
from praxi_tasks.findings.advisories.vendors.content import Content
from praxi_tasks.findings.advisories.vendors.csaf import is_tar, read_csaf
from praxi_tasks.findings.advisories.vendors.debian_tracker import read_tracker
from praxi_tasks.findings.advisories.vendors.oval import read_oval
from praxi_tasks.findings.advisories.vendors.secdb import read_secdb
from praxi_tasks.findings.advisories.vendors.updateinfo import read_updateinfo
from praxi_tasks.findings.feeds import distribution_of
from praxi_tasks.json_decoding import decode

_BEGINNING: Final = 1 << 16
_ELEMENT: Final = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_FORMS: Final = "updateinfo.xml, secdb, Debian's tracker (JSON), OVAL or CSAF"


def read_vendor_records(data: bytes, where: str) -> Iterator[Record | str]:
    """Yield what a vendor's file says, and a sentence for each part that can't be used.

    Parameters
    ----------
    data
        The file, as it was fetched.
    where
        Its name in the feeds folder, which names the release: ``advisories/ol-9/elsa.xml.bz2``.

    Raises
    ------
    DataError
        If it is of none of the forms that are read, damaged or cut short.
    """
    distribution = distribution_of(where)
    beginning = Content(data, where).read(_BEGINNING)
    if is_tar(beginning):
        return read_csaf(data, where)
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return _read_xml(beginning, data, where, distribution)
    if start == b"{":
        return _read_json(data, where, distribution)
    raise _unknown(where)


def check_vendor_feed(data: bytes, where: str) -> int:
    """Check that a file can be read whole and says something; return how many advisories it has.

    Raises
    ------
    DataError
        If it can't, or has no advisory that is one.
    """
    found = sum(isinstance(record, Record) for record in read_vendor_records(data, where))
    if not found:
        raise DataError("it has no advisory", where=where, action="check its URL")
    return found


def _read_xml(beginning: bytes, data: bytes, where: str, distribution: str) -> Iterator[Record | str]:
    root = _ELEMENT.search(beginning)
    if root and root[1] == updateinfo.ROOT.encode():
        return read_updateinfo(data, where)
    if root and root[1] == oval.ROOT.encode():
        return read_oval(data, where, distribution.rpartition("-")[2])
    raise _unknown(where)


def _read_json(data: bytes, where: str, distribution: str) -> Iterator[Record | str]:
    document = Content(data, where).whole()
    try:
        keys = decode(document, dict[str, msgspec.Raw]).keys()
    except msgspec.DecodeError as error:
        raise DataError(
            f"it is no JSON, or cut short: {error}", where=where, action="mirror the feed again"
        ) from error
    if "document" in keys:
        return read_csaf(data, where)
    if "packages" in keys:
        return read_secdb(document, where)
    return read_tracker(document, where, distribution)


def _unknown(where: str) -> DataError:
    return DataError("it is in none of the forms that are read", where=where, action=f"name {_FORMS}")
