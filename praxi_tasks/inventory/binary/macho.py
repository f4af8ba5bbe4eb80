"""The sections of Apple's programs (Mach-O): of a file for several processors, of the first."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory.binary.program import Program, Section
from praxi_tasks.oci.layer import FileContent

MAGICS: Final = {
    b"\xcf\xfa\xed\xfe": (64, True),
    b"\xce\xfa\xed\xfe": (32, True),
    b"\xfe\xed\xfa\xcf": (64, False),
    b"\xfe\xed\xfa\xce": (32, False),
}
FAT: Final = tuple(b"\xca\xfe\xba\xbe" + count.to_bytes(4, "big") for count in range(1, 20))
"""A file for several processors; Java's classes begin with the same four bytes, and then larger numbers."""

_SEGMENTS: Final = {32: (1, "16sIIIIIIII", "16s16sIIIIIIIII"), 64: (0x19, "16sQQQQIIII", "16s16sQQIIIIIIII")}
_MOST_COMMANDS: Final = 4_000
_MOST_BYTES: Final = 4 << 20
_MOST_SECTIONS: Final = 4_000
_WRITE: Final = 2


def read_macho(path: str, content: FileContent) -> Program | None:
    """Return the program that a Mach-O file is; None if it has no such header."""
    start = 0
    if content.read(0, 8) in FAT:
        start = int.from_bytes(content.read(16, 4), "big")
    head = content.read(start, 32)
    if head[:4] not in MAGICS or len(head) < 32:
        return None
    bits, little = MAGICS[head[:4]]
    order = "<" if little else ">"
    count, size = struct.unpack_from(f"{order}II", head, 16)
    commands = content.read(start + (32 if bits == 64 else 28), min(size, _MOST_BYTES))
    sections = []
    for section in _sections(commands, min(count, _MOST_COMMANDS), order, bits, start):
        sections.append(section)
        if len(sections) >= _MOST_SECTIONS:
            break
    return Program(path, content, "macho", little, bits, tuple(sections))


def _sections(commands: bytes, count: int, order: str, bits: int, start: int) -> Iterator[Section]:
    wanted, segment, section = _SEGMENTS[bits]
    segment_form, section_form = struct.Struct(order + segment), struct.Struct(order + section)
    place = 0
    for _ in range(count):
        if place + 8 > len(commands):
            return
        kind, size = struct.unpack_from(f"{order}II", commands, place)
        if kind == wanted and place + 8 + segment_form.size <= len(commands):
            *_, protection, sections, _ = segment_form.unpack_from(commands, place + 8)
            first = place + 8 + segment_form.size
            inside = commands[first : first + min(sections * section_form.size, max(size, 0))]
            for row in section_form.iter_unpack(inside[: len(inside) - len(inside) % section_form.size]):
                name, _, address, length, offset = row[:5]
                text = name.rstrip(b"\0").decode("latin-1")
                yield Section(text, address, start + offset, length, writable=bool(protection & _WRITE))
        if size < 8:
            return
        place += size
