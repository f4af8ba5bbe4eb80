"""Parses extended tar headers: pax records and GNU long names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.errors import LayerError

PATH: Final = b"path"
LINK: Final = b"linkpath"
SIZE: Final = b"size"
MTIME: Final = b"mtime"
SPARSE: Final = b"GNU.sparse."
SPARSE_MAP: Final = SPARSE + b"map"
SPARSE_NAME: Final = SPARSE + b"name"
_SPARSE_PAIR: Final = (SPARSE + b"offset", SPARSE + b"numbytes")
_KNOWN: Final = frozenset({PATH, LINK, SIZE, MTIME})
_KNOWN_SPARSE: Final = frozenset(
    SPARSE + name for name in (b"map", b"name", b"size", b"realsize", b"major", b"minor", b"numblocks")
)
_LENGTH_DIGITS: Final = 8
_TIME: Final = re.compile(rb"(-?)(\d{1,18})(?:\.(\d*))?")

Overrides = dict[bytes, bytes]


def read_records(data: bytes, into: Overrides, *, is_global: bool = False) -> None:
    """Take the records that matter to a reader into ``into``; an empty value takes one back.

    Version 0.0 of GNU's sparse records repeats a pair of keywords: they become the list that 0.1 has. No
    archiver writes them for all members, so a global header's are passed over.

    Raises
    ------
    LayerError
        If the records are malformed.
    """
    pieces: list[bytes] = []
    known = _KNOWN if is_global else _KNOWN | _KNOWN_SPARSE
    for keyword, value in _split(data):
        if keyword in _SPARSE_PAIR:
            if not is_global:
                pieces.append(value)
        elif not value:
            into.pop(keyword, None)
        elif keyword in known:
            into[keyword] = value
    if pieces:
        into[SPARSE_MAP] = b",".join(pieces)


def decimal(value: bytes) -> int:
    """Parse a size or an offset.

    Raises
    ------
    LayerError
        If it is no whole number below 2**63.
    """
    if not value.isdigit() or len(value) > 19 or int(value) >= 1 << 63:
        raise LayerError(f"a pax record is no number: {value[:40]!r}", action="the archive is broken")
    return int(value)


def seconds(value: bytes) -> int:
    """Parse a time in seconds since the epoch, rounded down.

    Raises
    ------
    LayerError
        If it is no decimal number.
    """
    match = _TIME.fullmatch(value)
    if match is None:
        raise LayerError(f"a pax record is no time: {value[:40]!r}", action="the archive is broken")
    sign, whole, fraction = match.groups()
    if not sign:
        return int(whole)
    return -int(whole) - (1 if (fraction or b"").strip(b"0") else 0)


def _split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield keyword and value of each record: ``length keyword=value`` and a line feed."""
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + _LENGTH_DIGITS)
        digits = data[position : max(space, position)]
        end = position + int(digits) if digits.isdigit() else 0
        keyword, equals, value = data[space + 1 : max(end - 1, 0)].partition(b"=")
        if not equals or not keyword or data[end - 1 : end] != b"\n":
            raise LayerError("malformed pax records", action="the archive is broken")
        yield keyword, value
        position = end
