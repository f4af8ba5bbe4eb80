"""The name of a .NET assembly, in the metadata that its runtime reads (ECMA-335, partition II).

Its tables follow each other without an index, so that the size of each row before the wanted one counts.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from praxi_tasks.inventory.binary.program import Program

_HEADER_TABLE: Final = 14  # of a PE file's
_HEADER: Final = struct.Struct("<IHHII")
_SIGNATURE: Final = b"BSJB"
_MOST_BYTES: Final = 32 << 20
_MOST_STREAMS: Final = 16
_MOST_NAME: Final = 1024  # bytes: what the specification allows
_TABLES: Final = 64
_ASSEMBLY: Final = 0x20
_ASSEMBLY_ROW: Final = struct.Struct("<IHHHHI")
_STRING, _GUID, _BLOB = "S", "G", "B"  # columns that are places in a heap

# The columns of each table before that of the assembly: bytes, a heap, the number of another table, or the
# tables that one of so many first bits chooses from (II.22 and II.24.2.6).
_Column: TypeAlias = int | str | tuple[int, tuple[int, ...]]


def _row(number: int) -> tuple[int, tuple[int, ...]]:
    return (0, (number,))


_TYPE: Final = (2, (0x02, 0x01, 0x1B))
_CONSTANT: Final = (2, (0x04, 0x08, 0x17))
_ATTRIBUTE: Final = (5, (*range(0x0B), 0x0E, 0x11, 0x14, 0x17, 0x1A, 0x1B, 0x20, 0x23, *range(0x26, 0x2D)))
_MARSHAL: Final = (1, (0x04, 0x08))
_SECURITY: Final = (2, (0x02, 0x06, 0x20))
_MEMBER_PARENT: Final = (3, (0x02, 0x01, 0x1A, 0x06, 0x1B))
_SEMANTICS: Final = (1, (0x14, 0x17))
_METHOD: Final = (1, (0x06, 0x0A))
_FORWARDED: Final = (1, (0x04, 0x06))
_CONSTRUCTOR: Final = (3, (0x06, 0x0A))
_SCOPE: Final = (2, (0x00, 0x1A, 0x23, 0x01))
_COLUMNS: Final[Sequence[Sequence[_Column]]] = (
    (2, _STRING, _GUID, _GUID, _GUID),
    (_SCOPE, _STRING, _STRING),
    (4, _STRING, _STRING, _TYPE, _row(0x04), _row(0x06)),
    (_row(0x04),),
    (2, _STRING, _BLOB),
    (_row(0x06),),
    (4, 2, 2, _STRING, _BLOB, _row(0x08)),
    (_row(0x08),),
    (2, 2, _STRING),
    (_row(0x02), _TYPE),
    (_MEMBER_PARENT, _STRING, _BLOB),
    (2, _CONSTANT, _BLOB),
    (_ATTRIBUTE, _CONSTRUCTOR, _BLOB),
    (_MARSHAL, _BLOB),
    (2, _SECURITY, _BLOB),
    (2, 4, _row(0x02)),
    (4, _row(0x04)),
    (_BLOB,),
    (_row(0x02), _row(0x14)),
    (_row(0x14),),
    (2, _STRING, _TYPE),
    (_row(0x02), _row(0x17)),
    (_row(0x17),),
    (2, _STRING, _BLOB),
    (2, _row(0x06), _SEMANTICS),
    (_row(0x02), _METHOD, _METHOD),
    (_STRING,),
    (_BLOB,),
    (2, _FORWARDED, _STRING, _row(0x1A)),
    (4, _row(0x04)),
    (4, 4),
    (4,),
)


class Assembly(NamedTuple):
    """What an assembly calls itself; ``culture`` is empty unless it holds nothing but translations."""

    name: str
    version: str
    culture: str


def read_assembly(program: Program) -> Assembly | None:
    """Return the name of the assembly that a PE file is; None if it is none, or its metadata is damaged."""
    header = program.table(_HEADER_TABLE, _HEADER.size)
    if len(header) < _HEADER.size:
        return None
    *_, address, size = _HEADER.unpack(header)
    streams = _streams(program.at(program.base + address, min(size, _MOST_BYTES)))
    tables, strings = streams.get(b"#~") or streams.get(b"#-"), streams.get(b"#Strings")
    return _assembly(tables, strings) if tables and strings else None


def is_assembly(program: Program) -> bool:
    """Return whether a PE file has the header of the common language runtime."""
    return len(program.table(_HEADER_TABLE, _HEADER.size)) == _HEADER.size


def _streams(data: bytes) -> Mapping[bytes, bytes]:
    """Return the parts of the metadata by their names (II.24.2.1)."""
    if not data.startswith(_SIGNATURE):
        return {}
    place = 16 + int.from_bytes(data[12:16], "little")
    count = min(int.from_bytes(data[place + 2 : place + 4], "little"), _MOST_STREAMS)
    place += 4
    found = {}
    for _ in range(count):
        offset, size = (int.from_bytes(data[at : at + 4], "little") for at in (place, place + 4))
        name = data[place + 8 : place + 40].partition(b"\0")[0]
        found[name] = data[offset : offset + size]
        place += 8 + (len(name) // 4 + 1) * 4
    return found


def _assembly(tables: bytes, strings: bytes) -> Assembly | None:
    """Return the one row of the assembly's table (II.22.2)."""
    if len(tables) < 24:
        return None
    heaps, present = tables[6], int.from_bytes(tables[8:16], "little")
    place = 24
    rows = [0] * _TABLES
    for number in range(_TABLES):
        if present >> number & 1:
            rows[number] = int.from_bytes(tables[place : place + 4], "little")
            place += 4
    wide = {_STRING: heaps & 1, _GUID: heaps & 2, _BLOB: heaps & 4}
    for number, columns in enumerate(_COLUMNS):
        if rows[number]:
            place += rows[number] * sum(_width(column, rows, wide) for column in columns)
    row = tables[place : place + _ASSEMBLY_ROW.size]
    if not rows[_ASSEMBLY] or len(row) < _ASSEMBLY_ROW.size:
        return None
    version = ".".join(map(str, _ASSEMBLY_ROW.unpack(row)[1:5]))
    place += _ASSEMBLY_ROW.size + _width(_BLOB, rows, wide)
    width = _width(_STRING, rows, wide)
    name, culture = (_text(strings, tables[at : at + width]) for at in (place, place + width))
    return Assembly(name, version, culture) if name else None


def _width(column: _Column, rows: Sequence[int], wide: Mapping[str, int]) -> int:
    """Return the bytes of a column: two, unless what it points into is large."""
    if isinstance(column, int):
        return column
    if isinstance(column, str):
        return 4 if wide[column] else 2
    bits, tables = column
    return 4 if max(rows[table] for table in tables) >= 1 << 16 - bits else 2


def _text(strings: bytes, place: bytes) -> str:
    start = int.from_bytes(place, "little")
    end = strings.find(b"\0", start, start + _MOST_NAME)
    return strings[start : max(end, start)].decode("utf-8", "replace")
