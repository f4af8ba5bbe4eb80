"""Programs that PyInstaller made: an archive of its own at the end, with the metadata of what was packed.

The cookie that ends the archive says where its table of contents is; an entry is a name, a place, two lengths
and whether it is compressed (``PyInstaller/archive/writers.py``). On Linux the archive is the section
``pydata`` of the program, elsewhere it follows the program, and a signature may follow it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.core_metadata import read_core_metadata

_SECTION: Final = "pydata"
_MAGIC: Final = b"MEI\x0c\x0b\x0a\x0b\x0e"
_COOKIE: Final = struct.Struct("!8sIIii64s")
_ENTRY: Final = struct.Struct("!IIIIBc")
_AFTER: Final = 1 << 16  # bytes that may follow the archive
_MOST_CONTENTS: Final = 32 << 20
_MOST_METADATA: Final = 4 << 20
_MOST_RECORDS: Final = 5_000
_LONGEST_NAME: Final = 1024
_METADATA: Final = re.compile(rb"(?:.*[/\\])?[^/\\]+\.(?:dist-info[/\\]METADATA|egg-info[/\\]PKG-INFO)")


class _Member(NamedTuple):
    start: int
    packed: int
    is_compressed: bool


def read_pyinstaller(program: Program) -> Iterator[Claim]:
    """Yield the distributions whose metadata a program of PyInstaller's has inside.

    Raises
    ------
    DataError
        If its archive is damaged.
    """
    for member in _members(program):
        metadata = program.content.read(member.start, min(member.packed, _MOST_METADATA))
        if member.is_compressed:
            try:
                metadata = zlib.decompressobj().decompress(metadata, _MOST_METADATA)
            except zlib.error as error:
                raise DataError(f"its packed metadata are damaged: {error}") from None
        yield read_core_metadata(metadata, program.path, (program.path,))


def _members(program: Program) -> Iterator[_Member]:
    """Yield the places of the metadata in a program's archive; none where it has no archive."""
    section = program.find(_SECTION)
    end = min(section.offset + section.size, program.content.size) if section else program.content.size
    start = max(end - _AFTER, 0)
    tail = program.content.read(start, end - start)
    place = tail.rfind(_MAGIC)
    if place < 0 or len(tail) - place < _COOKIE.size:
        return
    _, length, contents, size, _, _ = _COOKIE.unpack_from(tail, place)
    first = start + place + _COOKIE.size - length
    if first < 0 or not 0 <= size <= _MOST_CONTENTS:
        raise DataError("its archive begins before the file, or lists too much")
    yield from _listed(program.content.read(first + contents, size), first)


def _listed(table: bytes, first: int) -> Iterator[_Member]:
    """Yield the metadata that a table of contents lists; ``first`` is where the archive begins."""
    place = found = 0
    while place + _ENTRY.size <= len(table):
        length, start, packed, _, is_compressed, _ = _ENTRY.unpack_from(table, place)
        if length < _ENTRY.size:
            raise DataError("its table of contents is damaged")
        name = table[place + _ENTRY.size : place + length].rstrip(b"\0")
        place += length
        if len(name) <= _LONGEST_NAME and _METADATA.fullmatch(name):
            found += 1
            if found > _MOST_RECORDS:
                raise DataError(f"it has more than {_MOST_RECORDS:,} packages")
            yield _Member(first + start, packed, bool(is_compressed))


READER: Final = ProgramReader(name="archive of PyInstaller's", read=read_pyinstaller)
