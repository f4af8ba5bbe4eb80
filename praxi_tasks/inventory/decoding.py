"""Values out of package records: decoded so that any consumer can use them, and bounded in their size."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.json_decoding import decode_shallow

T = TypeVar("T")

_PATH_BYTES_PER_BYTE: Final = 8
_PATH_BYTES_FREE: Final = 1 << 16
_MOST_PATH_BYTES: Final = 128 << 20  # of one release, whatever its database's size
_FEW: Final = 1 << 18  # bytes of a record that can't list more paths than any limit allows
_PIECE: Final = 1 << 20
_MARK: Final = codecs.BOM_UTF8
_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_END: Final = re.compile(rb"\r\n?|\n")


def lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a record without their ends, as ``splitlines`` does but never all of them at once.

    A list of short lines takes twenty times the room of the record. A byte order mark is of no line.
    """
    start = len(_MARK) if data.startswith(_MARK) else 0
    while start < len(data):
        found = _LINE_END.search(data, start + _PIECE)
        end = found.end() if found else len(data)
        yield from data[start:end].splitlines()
        start = end


def as_utf8(data: bytes) -> bytes:
    """Return a text as UTF-8, if a byte order mark says that it is UTF-16: PowerShell writes files so."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode()
    return data.removeprefix(_MARK)


def unix_lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a record in which a carriage return is a character like any other."""
    return (line.rstrip(b"\n") for line in io.BytesIO(data))


def owned(paths: Iterable[str], database_bytes: int) -> tuple[str, ...]:
    """Collect the paths a release owns, sorted, each once; names with a NUL, which no file has, are left out.

    Databases write a folder once and its files' names after it, so that a small hostile one can expand to
    terabytes.

    Parameters
    ----------
    paths
        Without a leading slash.
    database_bytes
        Size of the record that lists them.

    Raises
    ------
    DataError
        If the paths take far more memory than any real database of ``database_bytes`` bytes needs, or are
        more than a layer's may be.
    """
    most = InventoryLimits.from_environment().max_paths if database_bytes > _FEW else _FEW
    room = min(_PATH_BYTES_PER_BYTE * database_bytes + _PATH_BYTES_FREE, _MOST_PATH_BYTES)
    found: set[str] = set()
    for path in paths:
        room -= len(path)
        if room < 0:
            raise DataError("its paths take far more room than the database itself")
        if path and "\0" not in path:
            found.add(path)
            if len(found) > most:
                raise DataError(f"more than {most:,} paths: raise {setting('max_paths')}")
    return tuple(sorted(found))


def text(data: bytes) -> str:
    """Decode a name or version; what is not UTF-8 becomes U+FFFD, so that any consumer can encode it."""
    return data.decode("utf-8", "replace").strip()


def path_text(data: bytes) -> str:
    """Decode a path as changesets do, so that it can be looked up there."""
    return data.decode("utf-8", "surrogateescape")


def document(data: bytes, kind: type[T], what: str) -> T:
    """Decode a record that is a JSON document; letters of other encodings than UTF-8 become U+FFFD.

    Parameters
    ----------
    what
        What it is not where that fails, for the error: ``no package manifest``.

    Raises
    ------
    DataError
        If it is no JSON, or not of that type.
    """
    data = as_utf8(data)
    try:
        return decode_shallow(data, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        replaced = data.decode("utf-8", "replace").encode()
        if replaced == data:
            raise DataError(f"it is {what}: {error}") from None
    return document(replaced, kind, what)
