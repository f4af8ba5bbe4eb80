"""What the directory of a zip archive lists, before any of its members takes memory."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Final

_RECORD: Final = b"PK\x01\x02"
_END: Final = struct.Struct("<4s4H2LH")
_END_MARK: Final = b"PK\x05\x06"
_LONGEST_COMMENT: Final = (1 << 16) - 1
_LOCATOR: Final = struct.Struct("<4sLQL")
_LOCATOR_MARK: Final = b"PK\x06\x07"
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_END_64_MARK: Final = b"PK\x06\x06"
_CHUNK: Final = 1 << 20
DAMAGE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What reading a damaged archive may raise."""


def count_members(file: IO[bytes]) -> int:
    """Return a bound on how many members the directory of a zip archive lists; 0 if it has none.

    :mod:`zipfile` reads the whole directory and makes an object of each record when it opens an archive. Each
    record begins with a mark, so the marks are counted; a name that holds one counts as another member. The
    directory is found as :mod:`zipfile` finds it (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16).

    Parameters
    ----------
    file
        Can be sought in; where it stands afterwards is not defined.
    """
    found, before = 0, b""
    for piece in _pieces(file):
        found += (before + piece).count(_RECORD)
        before = piece[1 - len(_RECORD) :]  # too short for a mark of its own
    return found


def directory_holds(file: IO[bytes], marks: Iterable[bytes]) -> bool:
    """Return whether the directory of a zip archive holds one of some texts, such as a part of a name.

    Parameters
    ----------
    file
        Can be sought in; where it stands afterwards is not defined.
    marks
        In lower case; letters of either case are the same.
    """
    marks = tuple(marks)
    longest, before = max(map(len, marks)), b""
    for piece in _pieces(file):
        text = (before + piece).lower()
        if any(mark in text for mark in marks):
            return True
        before = piece[1 - longest :]
    return False


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    end, size = _find_directory(file)
    file.seek(max(end - size, 0))
    left = min(size, end)
    while left > 0 and (piece := file.read(min(left, _CHUNK))):
        left -= len(piece)
        yield piece


def _find_directory(file: IO[bytes]) -> tuple[int, int]:
    """Return where the directory of an archive ends, and how long it is."""
    length = file.seek(0, os.SEEK_END)
    start = max(length - _END.size - _LONGEST_COMMENT, 0)
    file.seek(start)
    tail = file.read()
    last = len(tail) - _END.size
    is_plain = last >= 0 and tail.startswith(_END_MARK, last) and tail.endswith(b"\0\0")
    place = last if is_plain else tail.rfind(_END_MARK)
    if place < 0 or place + _END.size > len(tail):
        return 0, 0
    size = int(_END.unpack_from(tail, place)[5])
    return _find_directory_64(file, start + place) or (start + place, size)


def _find_directory_64(file: IO[bytes], end: int) -> tuple[int, int] | None:
    """Return the same for a large archive, which says it once more before its last record."""
    start = end - _LOCATOR.size - _END_64.size
    if start < 0:
        return None
    file.seek(start)
    data = file.read(_END_64.size + _LOCATOR.size)
    if not data.startswith(_LOCATOR_MARK, _END_64.size) or not data.startswith(_END_64_MARK):
        return None
    return start, int(_END_64.unpack_from(data)[8])
