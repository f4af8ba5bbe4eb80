"""The build-id of an ELF file, by which it is known wherever it lies and however it is called.

The linker makes it of what it wrote (GNU ld's ``--build-id``; Go's toolchain writes one of its own), and it
stays when a file is stripped, or patched for another prefix: then the content is another, the build is not.
"""

from __future__ import annotations

import struct
from typing import Final

from xxhash import xxh3_64_intdigest

from praxi_tasks.inventory.binary.elf import LOADED_SEGMENT, MAGIC, read_elf, read_notes
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.oci.layer import FileContent, Inspection

UNKNOWN: Final = 0
"""Of a file that has no build-id."""

_OWNERS: Final = frozenset({(b"GNU\0", 3), (b"Go\0\0", 4)})
_LEAST: Final = 8  # bytes: a shorter one was chosen by hand
_SYMBOLS: Final = ".debug"  # the symbols of a program have its build-id, and are no program


def build_id(program: Program) -> int:
    """Return a number that stands for a program's build-id; :data:`UNKNOWN` if it has none."""
    is_program = program.format == "elf" and not program.path.endswith(_SYMBOLS)
    if not is_program or _is_cut_off(program) or not _has_sections(program):
        return UNKNOWN
    for note in read_notes(program):
        if (note.owner, note.kind) in _OWNERS and len(note.text) >= _LEAST:
            return build_id_number(note.text)
    return UNKNOWN


def _is_cut_off(program: Program) -> bool:
    """Return whether the file ends before what is loaded of it: notes come first and may be left."""
    ends = (each.offset + each.size for each in program.segments if each.kind == LOADED_SEGMENT)
    return max(ends, default=0) > program.content.size


def _has_sections(program: Program) -> bool:
    """Return whether its table of sections is gone, or begins as each does: it may be of another file."""
    first = next(iter(program.sections), None)
    return first is None or not (first.kind or first.address or first.offset)


def build_id_number(text: bytes) -> int:
    """Return the number that stands for a build-id, by what a linker wrote."""
    return xxh3_64_intdigest(b"build-id\0" + text)


def build_id_of_file(path: str, content: FileContent) -> int:
    """Return the same of a file that begins as ELF files do; it is unknown of one that is broken."""
    try:
        program = read_elf(path, content) if content.is_whole else None
        return build_id(program) if program else UNKNOWN
    except (struct.error, ValueError, OverflowError, IndexError):  # a header that no system would load
        return UNKNOWN


def look_for_build_ids() -> Inspection[int]:
    """Return what looks into a layer's ELF files for nothing but their build-ids."""
    return Inspection((MAGIC,), build_id_of_file)
