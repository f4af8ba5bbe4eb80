""".NET applications in a single file: a program that ends in a list of the files that it holds.

The layout is that of .NET's ``Microsoft.NET.HostModel.Bundle``, versions 1 (.NET Core 3), 2 (.NET 5) and 6.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.dotnet_assembly import read_versions
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.pe import read_pe
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.dotnet_dependencies import read_libraries
from praxi_tasks.oci.layer import FileContent

# What the place of the list stands before; it is the SHA-256 of ".net core bundle\n".
_MARK: Final = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")
_SEARCHED: Final = frozenset({".data", "__data", ".rdata", ".data.rel.ro"})
_PLACE: Final = 8  # bytes before the mark
_HEADER: Final = struct.Struct("<IIi")
_LATER_HEADER: Final = 40  # bytes that version 2 added
_WITH_SIZES: Final = 6
_VERSIONS: Final = (1, 2, _WITH_SIZES)
_ENTRY: Final = struct.Struct("<qqB")
_COMPRESSED_ENTRY: Final = struct.Struct("<qqqB")
_ASSEMBLY, _DEPENDENCIES = 1, 3
_MOST_LIST: Final = 4 << 20
_MOST_FILES: Final = 20_000
_MOST_FILE: Final = 64 << 20  # bytes of one file, unpacked
_MOST_BYTES: Final = 1 << 30


class _File(NamedTuple):
    offset: int
    size: int
    packed: int
    kind: int


def read_bundle(program: Program) -> Iterator[Claim]:
    """Yield the packages of an application in a single file, by its list of dependencies or its assemblies.

    Raises
    ------
    DataError
        If its list of files or of dependencies is damaged.
    """
    place = _find_list(program)
    if not place:
        return
    files = list(_files(program.content.read(place, _MOST_LIST)))
    known = [file for file in files if file.kind == _DEPENDENCIES]
    for file in known:
        for library in read_libraries(_content(program, file)):
            yield Claim(NUGET.purl_type, library.name, library.version, program.path, files=(program.path,))
    if not known:
        yield from _assemblies(program, files)


def _find_list(program: Program) -> int:
    """Return where a program's list of files is; zero where it holds none, as programs beside theirs do."""
    for section in program.named(_SEARCHED):
        for window in program.windows(_PLACE + len(_MARK), section):
            mark = window.find(_MARK, _PLACE)
            if mark >= 0:
                return int.from_bytes(window[mark - _PLACE : mark], "little")
    return 0


def _files(data: bytes) -> Iterator[_File]:
    """Yield the files of a list.

    Raises
    ------
    DataError
        If it is cut off, or of a version that is not known.
    """
    if len(data) < _HEADER.size:
        raise DataError("the list of the files in it is cut off")
    version, _, count = _HEADER.unpack_from(data)
    if version not in _VERSIONS or not 0 <= count <= _MOST_FILES:
        raise DataError(f"the list of the files in it is of no known form: {version}")
    place = _after_text(data, _HEADER.size) + (_LATER_HEADER if version > 1 else 0)
    form = _COMPRESSED_ENTRY if version == _WITH_SIZES else _ENTRY
    for _ in range(count):
        if place + form.size > len(data):
            raise DataError("the list of the files in it is cut off")
        offset, size, *packed, kind = form.unpack_from(data, place)
        yield _File(offset, size, packed[0] if packed else 0, kind)
        place = _after_text(data, place + form.size)


def _after_text(data: bytes, place: int) -> int:
    """Return where a text ends that is written behind its length, a number of seven bits a byte."""
    length = 0
    for shift, byte in enumerate(data[place : place + 5]):
        length |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return place + shift + 1 + length
    raise DataError("the list of the files in it is cut off")


def _content(program: Program, file: _File) -> bytes:
    """Return the beginning of a file's content; empty where its bytes can't be unpacked."""
    if not file.packed:
        return program.content.read(file.offset, min(file.size, _MOST_FILE))
    packed = program.content.read(file.offset, min(file.packed, _MOST_FILE))
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, _MOST_FILE)
    except zlib.error:
        return b""


def _assemblies(program: Program, files: list[_File]) -> Iterator[Claim]:
    """Yield what assemblies say of themselves."""
    left = _MOST_BYTES
    for file in files:
        left -= file.size
        if file.kind != _ASSEMBLY or left < 0:
            continue
        data = _content(program, file)
        assembly = read_pe(program.path, FileContent(data, len(data)))
        if assembly is not None:
            yield from read_versions(assembly)


READER: Final = ProgramReader(name="list of the files in it", read=read_bundle)
