"""The package that a distribution's build writes into an ELF file (the UAPI group's specification)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import APK, DEB, RPM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.elf import read_notes
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.json_decoding import decode_shallow

_SECTION: Final = ".note.package"
_OWNER: Final = b"FDO\0"
_PACKAGE: Final = 0xCAFE1A7E
_TYPES: Final = frozenset(row.purl_type for row in (DEB, RPM, APK))


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""
    type: str = ""
    architecture: str = ""


def read_package_note(program: Program) -> Iterator[Claim]:
    """Yield the package that a note in an ELF file names: most are named after their source package.

    Raises
    ------
    DataError
        If the note is damaged.
    """
    if program.format != "elf":
        return
    for text in _notes(program):
        package = decode_note(text)
        if package.name and package.version and package.type in _TYPES:
            yield Claim(
                package.type,
                package.name,
                package.version,
                program.path,
                architecture=package.architecture,
                files=(program.path,),
            )


def decode_note(text: bytes) -> _Package:
    """Read the JSON of a note.

    Raises
    ------
    DataError
        If it is none.
    """
    try:
        return decode_shallow(text.rstrip(b"\0"), _Package)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"the note about its package can't be read: {error}") from None


def _notes(program: Program) -> Iterator[bytes]:
    """Yield what the notes of this kind hold; without a section of its own they are in a segment of notes."""
    section = program.find(_SECTION)
    for note in read_notes(program, (section,) if section else ()):
        if note.kind == _PACKAGE and note.owner == _OWNER:
            yield note.text


READER: Final = ProgramReader(name="note about its package", read=read_package_note)
