"""The sections and segments of ELF files (System V ABI, chapters 4 and 5)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from praxi_tasks.inventory.binary.program import Program, Section
from praxi_tasks.oci.layer import FileContent

MAGIC: Final = b"\x7fELF"
LOADED_SEGMENT: Final = 1
"""The type of segments that are loaded into memory."""

NOTE_SEGMENT: Final = 4
"""The type of segments that hold notes."""

_FEW_NOTES: Final = 8  # parts that hold notes: real files have two or three
_MOST_NOTES: Final = 1 << 16
_NOTE_HEADER: Final = 12

_LITTLE, _BIG = 1, 2
_WRITE: Final = 1  # of a section's flags
_SEGMENT_WRITE: Final = 2
_NO_BITS: Final = 8  # a section that takes no room in the file
_MOST_SECTIONS: Final = 1 << 14
_MOST_SEGMENTS: Final = 1 << 10
_MOST_TABLE: Final = 4 << 20
_MOST_NAMES: Final = 1 << 20

# Where e_phoff begins, and the forms of it and what follows, of a section's header and of a segment's.
_CLASSES: Final = {
    1: (32, 28, "IIIHHHHHH", "IIIIIIIIII", "IIIIIIII"),
    2: (64, 32, "QQIHHHHHH", "IIQQQQIIQQ", "IIQQQQQQ"),
}


def read_elf(path: str, content: FileContent) -> Program | None:
    """Return the program that an ELF file is; None if its header is none."""
    head = content.read(0, 64)
    if len(head) < 52 or head[4] not in _CLASSES or head[5] not in {_LITTLE, _BIG}:
        return None
    bits, start, *forms = _CLASSES[head[4]]
    little = head[5] == _LITTLE
    table, section, segment = (("<" if little else ">") + form for form in forms)
    if len(head) < start + struct.calcsize(table):
        return None
    segments_at, at, _, _, segment_size, segment_count, size, count, names = struct.unpack_from(
        table, head, start
    )
    rows = _rows(content, at, size, min(count, _MOST_SECTIONS), section)
    return Program(
        path,
        content,
        "elf",
        little,
        bits,
        _sections(content, rows, names),
        _segments(
            _rows(content, segments_at, segment_size, min(segment_count, _MOST_SEGMENTS), segment), bits
        ),
    )


class Note(NamedTuple):
    """A note: whose it is, with its NUL and what pads it, which of theirs, and what it says."""

    owner: bytes
    kind: int
    text: bytes


def read_notes(program: Program, parts: Iterable[Section] = ()) -> Iterator[Note]:
    """Yield the notes in some parts of an ELF file; by default in its segments of notes."""
    segments = (one for one in program.segments if one.kind == NOTE_SEGMENT)
    for part in islice(parts or segments, _FEW_NOTES):
        data = program.read(part, _MOST_NOTES)
        place = 0
        while place + _NOTE_HEADER <= len(data):
            owner, size, kind = (program.number(data[place + at : place + at + 4]) for at in (0, 4, 8))
            name = place + _NOTE_HEADER
            start = name + _padded(owner)
            yield Note(data[name:start], kind, data[start : start + size])
            place = start + _padded(size)


def _padded(size: int) -> int:
    return size + -size % 4


def _rows(content: FileContent, at: int, size: int, count: int, form: str) -> list[tuple[int, ...]]:
    if size < struct.calcsize(form):
        return []
    data = content.read(at, min(size * count, _MOST_TABLE))
    return [struct.unpack_from(form, data, start) for start in range(0, len(data) - size + 1, size)]


def _sections(content: FileContent, rows: list[tuple[int, ...]], names: int) -> tuple[Section, ...]:
    if names >= len(rows):
        return ()
    texts = content.read(rows[names][4], min(rows[names][5], _MOST_NAMES))
    return tuple(
        Section(
            name=texts[name : texts.find(b"\0", name)].decode("latin-1"),
            address=address,
            offset=offset,
            size=size,
            kind=kind,
            writable=bool(flags & _WRITE),
        )
        for name, kind, flags, address, offset, size, *_ in rows
        if kind != _NO_BITS
    )


def _segments(rows: list[tuple[int, ...]], bits: int) -> tuple[Section, ...]:
    found = []
    for row in rows:
        if bits == 64:
            kind, flags, offset, address, _, size = row[:6]
        else:
            kind, offset, address, _, size, _, flags = row[:7]
        found.append(Section("", address, offset, size, kind, bool(flags & _SEGMENT_WRITE)))
    return tuple(found)
