"""Bun's binary lock file, which it wrote before ``bun.lock``: tables of packages and strings.

Behind the head lie the columns of all packages one after the other, then buffers, of which the last holds the
strings that are longer than eight bytes (``src/install/lockfile.zig`` in Bun's sources).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin

_HEAD: Final = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"
_TABLE: Final = struct.Struct("<Q16xQQ")  # how many packages, where their columns begin and end
_AFTER_HEAD: Final = 4 + 32 + 8  # the format, a check sum, the file's length
_RANGE: Final = struct.Struct("<QQ")
_BUFFERS: Final = 6
_STRING: Final = struct.Struct("<II")
_STRING_SIZE: Final = 8
_ELSEWHERE: Final = 0x80  # of a string's last byte: it lies in the buffer
_LENGTH: Final = 0x7FFFFFFF
_OF_REGISTRY: Final = 2
# By format: the bytes that say where a package comes from, and the three numbers of its version in them.
_ORIGINS: Final = {2: (64, struct.Struct("<16xIII4x")), 3: (72, struct.Struct("<16xQQQ"))}


def read_bun_lockb(data: bytes) -> Iterator[Pin]:
    """Yield the packages of npm's registry that Bun locked.

    Raises
    ------
    DataError
        If it is no such file, or of a format that is not known.
    """
    if not data.startswith(_HEAD):
        raise DataError("no binary lock file of Bun")
    try:
        number = int.from_bytes(data[len(_HEAD) : len(_HEAD) + 4], "little")
        count, begin, end = _TABLE.unpack_from(data, len(_HEAD) + _AFTER_HEAD)
        if number not in _ORIGINS:
            raise DataError(f"of Bun's format {number}, which is not read")
        size, version = _ORIGINS[number]
        if not begin + count * (2 * _STRING_SIZE + size) <= end <= len(data):
            raise DataError("it is cut off")
        strings = _strings(data, end)
        origins = begin + 2 * _STRING_SIZE * count  # behind the names and their hashes
        for row in range(count):
            origin = data[origins + row * size : origins + (row + 1) * size]
            if origin[0] == _OF_REGISTRY:
                place = begin + row * _STRING_SIZE
                name = _string(data[place : place + _STRING_SIZE], strings)
                prerelease = _string(origin[version.size :][:_STRING_SIZE], strings)
                numbers = ".".join(map(str, version.unpack_from(origin)))
                yield Pin(name, f"{numbers}-{prerelease}" if prerelease else numbers)
    except struct.error as error:
        raise DataError(f"it is cut off: {error}") from None


def _strings(data: bytes, place: int) -> bytes:
    """Return the last of the buffers, each of which says where it begins and ends."""
    begin = end = place
    for _ in range(_BUFFERS):
        begin, end = _RANGE.unpack_from(data, end)
        if not place <= begin <= end <= len(data):
            raise DataError("its strings are cut off")
    return data[begin:end]


def _string(written: bytes, strings: bytes) -> str:
    if not written[-1] & _ELSEWHERE:
        return text(written.rstrip(b"\0"))
    place, length = _STRING.unpack(written)
    return text(strings[place : place + (length & _LENGTH)])
