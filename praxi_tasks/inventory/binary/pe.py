"""The sections of Windows' programs (Microsoft's PE format)."""

from __future__ import annotations

import struct
from typing import Final

from praxi_tasks.inventory.binary.program import Program, Section
from praxi_tasks.oci.layer import FileContent

MAGIC: Final = b"MZ"

_SIGNATURE: Final = b"PE\0\0"
_FILE_HEADER: Final = struct.Struct("<HHIIIHH")
_SECTION: Final = struct.Struct("<8sIIIIIIHHI")
_IMAGE_BASES: Final = {0x10B: (32, "<I", 28), 0x20B: (64, "<Q", 24)}
_DIRECTORIES: Final = {32: 92, 64: 108}  # where the optional header counts its tables
_MOST_DIRECTORIES: Final = 16
_WRITE: Final = 1 << 31
_MOST_SECTIONS: Final = 96  # what Windows loads


def read_pe(path: str, content: FileContent) -> Program | None:
    """Return the program that a PE file is; None if it has no such header."""
    start = int.from_bytes(content.read(0x3C, 4), "little")
    head = content.read(start, 4 + _FILE_HEADER.size + 32)
    if not head.startswith(_SIGNATURE) or len(head) < 4 + _FILE_HEADER.size + 32:
        return None
    _, count, _, _, _, optional_size, _ = _FILE_HEADER.unpack_from(head, 4)
    optional = 4 + _FILE_HEADER.size
    kind = int.from_bytes(head[optional : optional + 2], "little")
    if kind not in _IMAGE_BASES:
        return None
    bits, form, place = _IMAGE_BASES[kind]
    (base,) = struct.unpack_from(form, head, optional + place)
    table = content.read(start + optional + optional_size, _SECTION.size * min(count, _MOST_SECTIONS))
    rows = _SECTION.iter_unpack(table[: len(table) - len(table) % _SECTION.size])
    sections = tuple(
        Section(
            name=name.rstrip(b"\0").decode("latin-1"),
            address=base + address,
            offset=offset,
            size=stored,
            writable=bool(flags & _WRITE),
        )
        for name, _, address, stored, offset, _, _, _, _, flags in rows
    )
    tables = _directories(content.read(start + optional, optional_size), bits)
    return Program(path, content, "pe", bits=bits, sections=sections, base=base, tables=tables)


def _directories(header: bytes, bits: int) -> tuple[tuple[int, int], ...]:
    """Return the addresses, from the program's base, and the sizes of the tables that its header names."""
    place = _DIRECTORIES[bits]
    count = min(int.from_bytes(header[place : place + 4], "little"), _MOST_DIRECTORIES)
    data = header[place + 4 : place + 4 + 8 * count]
    return tuple(struct.iter_unpack("<II", data[: len(data) & ~7]))
