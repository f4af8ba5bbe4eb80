"""``Packages.db``: rpm's own small database format (ndb), as SUSE used it. Numbers are little-endian."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from praxi_tasks.errors import DataError

_HEAD: Final = struct.Struct("<4sIII")  # magic, version, generation, pages of slots
_SLOT: Final = struct.Struct("<4sIII")  # magic, package, where its blob is, how many blocks it takes
_BLOB: Final = struct.Struct("<4sIII")  # magic, package, generation, length
_PAGE: Final = 4096
_BLOCK: Final = 16
_SLOTS_BEFORE: Final = 2  # the head takes the room of two slots


def read_ndb_blobs(data: bytes) -> Iterator[bytes]:
    """Yield the package headers, in the order of the slots.

    Raises
    ------
    DataError
        If a length or a magic number is not what the format says.
    """
    if len(data) < _HEAD.size:
        raise DataError("it is cut short")
    magic, version, _, pages = _HEAD.unpack_from(data)
    if magic != b"RpmP" or version != 0:
        raise DataError("it is no ndb database of a known version")
    end = pages * _PAGE
    if end > len(data):
        raise DataError("it is shorter than its slots")
    room = len(data)
    for _, package, block, _ in _SLOT.iter_unpack(data[_SLOTS_BEFORE * _SLOT.size : end]):
        if block:  # a free slot points nowhere
            blob = _blob(data, package, block * _BLOCK)
            room -= len(blob)
            if room < 0:
                raise DataError("its packages overlap")
            yield blob


def _blob(data: bytes, package: int, start: int) -> bytes:
    if start + _BLOB.size > len(data):
        raise DataError("a slot points beyond the end")
    magic, owner, _, length = _BLOB.unpack_from(data, start)
    if magic != b"BlbS" or owner != package:
        raise DataError("a slot points at something that is not its package")
    blob = data[start + _BLOB.size : start + _BLOB.size + length]
    if len(blob) < length:
        raise DataError("a package is cut short")
    return blob
