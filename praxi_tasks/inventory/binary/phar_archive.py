"""PHP's archives (phar), such as Composer's and WP-CLI's program: Composer's list of what is in one.

The form is that of the PHP manual, "Phar file format": a script, an index, and the files one after the other.
"""

from __future__ import annotations

import bz2
import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import COMPOSER
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ArchiveReader
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.oci.layer import FileContent

_HEADS: Final = (b"#!/usr/bin/env php", b"#!/usr/bin/php", b"<?php")
_ENDING: Final = ".phar"
_PROGRAMS: Final = ("composer", "wp")  # how they are called in /usr/bin
_STUB_END: Final = re.compile(rb"__HALT_COMPILER\(\);(?: ?\?>)?(?:\r\n|\n)?")
_MOST_STUB: Final = 1 << 20
_MOST_INDEX: Final = 32 << 20
_FIXED: Final = 14  # bytes of the index before its alias: how many files, version, flags, the alias' length
_ENTRY: Final = 24  # bytes of an entry between its name and its metadata
_LIST: Final = b"vendor/composer/installed.php"
_MOST_LIST: Final = 4 << 20
_GZIP, _BZIP2 = 0x1000, 0x2000
_VERSION: Final = rb"'pretty_version' ?=> ?'([^'\s]{1,100})'"
_ROOT: Final = re.compile(
    rb"'root' ?=> ?(?:array\(|\[)\s{0,99}'name' ?=> ?'([\w./-]{1,200})',\s{0,99}" + _VERSION
)
_PACKAGE: Final = re.compile(rb"'([\w.-]{1,100}/[\w.-]{1,100})' ?=> ?(?:array\(|\[)\s{0,99}" + _VERSION)


class _Member(NamedTuple):
    name: bytes
    packed: int
    flags: int


def read_phar(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield the packages that Composer installed into an archive, and the program that it is.

    Raises
    ------
    DataError
        If its index is damaged, or over a limit.
    """
    stub = _STUB_END.search(content.read(0, _MOST_STUB))
    if stub is None:
        return  # a script
    length = int.from_bytes(content.read(stub.end(), 4), "little")
    index = content.read(stub.end() + 4, length) if _FIXED <= length <= _MOST_INDEX else b""
    if len(index) < max(length, _FIXED):
        raise DataError("its index is cut off, or far larger than any")
    place = stub.end() + 4 + length
    for member in _members(index):
        if member.name.endswith(_LIST):
            yield from _listed(_unpacked(content.read(place, member.packed), member.flags), path)
        place += member.packed


def _members(index: bytes) -> Iterator[_Member]:
    most = InventoryLimits.from_environment().max_archive_members
    count = _number(index, 0)
    if count > most:
        raise DataError(f"it has more than {most:,} members: raise {setting('max_archive_members')}")
    place = _after(index, _after(index, 10))  # behind the alias and the archive's metadata
    for _ in range(count):
        start = place + 4
        place = _after(index, place)
        name, entry = index[start:place], index[place : place + _ENTRY]
        if len(entry) < _ENTRY:
            raise DataError("its index is cut off")
        yield _Member(name, _number(entry, 8), _number(entry, 16))
        place = _after(index, place + _ENTRY - 4)


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "little")


def _after(index: bytes, place: int) -> int:
    """Return where a text ends whose length is written before it."""
    end = place + 4 + _number(index, place)
    if end > len(index):
        raise DataError("its index is cut off")
    return end


def _unpacked(data: bytes, flags: int) -> bytes:
    try:
        if flags & _GZIP:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, _MOST_LIST)
        return bz2.BZ2Decompressor().decompress(data, _MOST_LIST) if flags & _BZIP2 else data[:_MOST_LIST]
    except (zlib.error, OSError, ValueError, EOFError) as error:
        raise DataError(f"its list of packages is damaged: {error}") from None


def _listed(data: bytes, path: str) -> Iterator[Claim]:
    found = [root.groups() for root in _ROOT.finditer(data)][:1]
    found += [package.groups() for package in _PACKAGE.finditer(data)]
    for name, version in dict.fromkeys(found):
        yield Claim(COMPOSER.purl_type, COMPOSER.normalise(text(name)), text(version), path, files=(path,))


def may_be_phar(path: str, _head: bytes) -> bool:
    """Return whether a file is such an archive by its name; whether it is one its stub tells."""
    return path.lower().endswith(_ENDING) or path.rpartition("/")[2] in _PROGRAMS


READER: Final = ArchiveReader(
    name="index",
    ecosystem=COMPOSER.purl_type,
    heads=_HEADS,
    endings=(_ENDING,),
    read=read_phar,
    accepts=may_be_phar,
    tails=(b"har", b"mposer", b"bin/wp"),
)
