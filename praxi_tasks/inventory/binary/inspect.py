"""Looks into programs and archives of a layer while it is read: which files, and what they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary import elf, go_build_info, macho, pe
from praxi_tasks.inventory.binary.file_reader import ArchiveReader, ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.oci.layer import FileContent, Inspection

logger = logging.getLogger(__name__)

PROGRAM_READERS: Final[tuple[ProgramReader, ...]] = (go_build_info.READER,)
"""What is looked for in each program and library."""

ARCHIVE_READERS: Final[tuple[ArchiveReader, ...]] = ()
"""What is looked for in each archive: the first that accepts its beginning reads it."""

_PROGRAMS: Final[Mapping[bytes, Callable[[str, FileContent], Program | None]]] = {
    elf.MAGIC: elf.read_elf,
    pe.MAGIC: pe.read_pe,
    **dict.fromkeys((*macho.MAGICS, *macho.FAT), macho.read_macho),
}
HEADS: Final = tuple({*_PROGRAMS, *(reader.head for reader in ARCHIVE_READERS)})
"""How the files begin that are looked into."""


class Inspected(msgspec.Struct, frozen=True):
    """What one file says: the releases it was made from, and what of that could not be read."""

    claims: tuple[Claim, ...] = ()
    problems: tuple[str, ...] = ()


def start_inspection() -> Inspection[Inspected]:
    """Return what looks into the files of one layer."""
    return Inspection(HEADS, inspect_file, may_be_read)


def may_be_read(head: bytes) -> bool:
    """Return whether some reader reads files that begin so."""
    if head.startswith(tuple(_PROGRAMS)):
        return True
    return any(head.startswith(reader.head) and reader.accepts(head) for reader in ARCHIVE_READERS)


def inspect_file(path: str, content: FileContent) -> Inspected:
    """Return what a program or archive says; nothing that it holds raises an error.

    Parameters
    ----------
    path
        Without a leading slash.
    content
        The whole file.
    """
    head = content.read(0, 64)
    claims: dict[Claim, None] = {}
    problems: list[str] = []
    most = InventoryLimits.from_environment().max_claims
    for name, found in _found(path, content, head):
        try:
            for claim in found():
                if len(claims) >= most:
                    problems.append(f"more than {most} packages: raise {setting('max_claims')}")
                    break
                claims[claim] = None
        except DataError as error:
            problems.append(str(error))
        except Exception as error:  # one file never costs the layer, whatever its bytes do to a reader
            logger.exception("%s: unexpected error", path)
            problems.append(f"its {name} can't be read: {type(error).__name__}; report this with the task's log")
    return Inspected(tuple(claims), tuple(problems))


def _found(
    path: str, content: FileContent, head: bytes
) -> Iterator[tuple[str, Callable[[], Iterable[Claim]]]]:
    """Yield the name of each kind of record that the file may have, and what reads it."""
    for magic, read in _PROGRAMS.items():
        if head.startswith(magic):
            program = read(path, content)
            for reader in PROGRAM_READERS if program else ():
                yield reader.name, lambda reader=reader: reader.read(program)
            return
    for archive in ARCHIVE_READERS:
        if head.startswith(archive.head) and archive.accepts(head):
            yield archive.name, lambda: archive.read(path, content)
            return
