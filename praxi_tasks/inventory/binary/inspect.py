"""Looks into programs and archives of a layer while it is read: which files, and what they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from praxi_tasks.ecosystems import ML_MODEL
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary import (
    build_id,
    dotnet_assembly,
    dotnet_bundle,
    electron_archive,
    elf,
    elf_package_note,
    go_build_info,
    java_archive,
    known_programs,
    linux_kernel,
    macho,
    native_image,
    pe,
    phar_archive,
    pyinstaller,
    python_archive,
    rust_crates,
)
from praxi_tasks.inventory.binary.file_reader import ArchiveReader, ProgramReader
from praxi_tasks.inventory.binary.go_build_info import UNKNOWN_VERSION
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import path_text
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.inventory.ml_model import formats, safetensors
from praxi_tasks.inventory.ml_model.model_file import ModelFile
from praxi_tasks.inventory.ml_model.pickle_imports import Budget
from praxi_tasks.oci.layer import FileContent, Inspection, Part

logger = logging.getLogger(__name__)

PROGRAM_READERS: Final[tuple[ProgramReader, ...]] = (
    go_build_info.READER,
    rust_crates.READER,
    elf_package_note.READER,
    native_image.READER,
    dotnet_bundle.READER,
    dotnet_assembly.READER,
    pyinstaller.READER,
    known_programs.READER,
    linux_kernel.READER,
)
"""What is looked for in each program and library."""

ARCHIVE_READERS: Final[tuple[ArchiveReader, ...]] = (
    python_archive.READER,
    java_archive.READER,
    electron_archive.READER,
    phar_archive.READER,
    linux_kernel.PACKED_READER,
)
"""What is looked for in each archive: the first that accepts it reads it."""

_PROGRAMS: Final[Mapping[bytes, Callable[[str, FileContent], Program | None]]] = {
    elf.MAGIC: elf.read_elf,
    pe.MAGIC: pe.read_pe,
    **dict.fromkeys((*macho.MAGICS, *macho.FAT), macho.read_macho),
}
_MAGICS: Final = tuple(_PROGRAMS)
HEADS: Final = tuple(
    {
        *_PROGRAMS,
        *(head for reader in ARCHIVE_READERS if not reader.tails for head in reader.heads),
        *formats.HEADS,
        linux_kernel.OLD_HEAD,
    }
)
"""How the files begin that are looked into, but for those that their names tell."""


_TAILS: Final = formats.TAILS.union(*(reader.tails for reader in ARCHIVE_READERS))


class Inspected(msgspec.Struct, frozen=True):
    """What one file says: the releases it was made from, what of that could not be read, its build-id."""

    claims: tuple[Claim, ...] = ()
    problems: tuple[str, ...] = ()
    build_id: int = build_id.UNKNOWN


_HEAD: Final = 64  # bytes by which files are told, here and where a layer is scanned
_NOTHING: Final = Inspected()
_WHOLE: Final = Part()


def start_inspection(limits: InventoryLimits | None = None) -> Inspection[Inspected]:
    """Return what looks into the files of one layer.

    Parameters
    ----------
    limits
        ``max_claims`` bounds what is kept of all of them; by default what the environment says.
    """
    inspector = Inspector(limits or InventoryLimits.from_environment())
    return Inspection(HEADS, inspector.inspect, part_to_read, _TAILS, safetensors.MARK)


def part_to_read(path: bytes, head: bytes) -> Part | None:
    """Return how much some reader reads of a file that begins so, None if nobody does."""
    part = formats.part_of(path, head)
    if head.startswith(_MAGICS):
        return part or _WHOLE
    return part or (_WHOLE if _archive_reader(path_text(path), head) else None)


def inspected_ecosystem(path: str) -> str | None:
    """Return the ecosystem of what a file of some name holds; a program's name says nothing of it."""
    name = path.lower()
    archive = next((one.ecosystem for one in ARCHIVE_READERS if name.endswith(one.endings)), None)
    return archive or (ML_MODEL.purl_type if name.endswith(formats.ENDINGS) else None)


class Inspector:
    """Looks into the files of one layer, one after the other."""

    def __init__(self, limits: InventoryLimits) -> None:
        self._most = self._left = limits.max_claims
        self._budget = Budget()

    def inspect(self, path: str, content: FileContent) -> Inspected:
        """Return what a program or archive says; nothing that it holds raises an error.

        Parameters
        ----------
        path
            Without a leading slash.
        content
            The whole file.
        """
        claims: dict[Claim, None] = {}
        problems: list[str] = []
        program = _opened(path, content)
        for name, claimed in self._records(path, content, program):
            try:
                for claim in claimed:
                    if len(claims) >= self._left:
                        problems.append(f"more than {self._most} packages: raise {setting('max_claims')}")
                        break
                    claims[claim] = None
            except DataError as error:
                problems.append(str(error))
            except Exception as error:  # one file never costs the layer, whatever its bytes do to a reader
                logger.exception("%s: unexpected error", path)
                unread = f"its {name} can't be read: {type(error).__name__}"
                problems.append(f"{unread}; report this with the task's log")
        self._left -= len(claims)
        known_as = _build_id(program) if program else build_id.UNKNOWN
        if not claims and not problems and not known_as:
            return _NOTHING
        return Inspected(_best(claims), tuple(problems), known_as)

    def _records(
        self, path: str, content: FileContent, program: Program | None
    ) -> Iterator[tuple[str, Iterable[Claim]]]:
        """Yield what is read of each kind of record that a file may have, and the kind's name."""
        head = content.read(0, _HEAD)
        if program:
            yield from ((reader.name, reader.read(program)) for reader in PROGRAM_READERS)
        if (model := formats.read_model(ModelFile(path, content, self._budget), head)) is not None:
            yield model
        is_archive = content.is_whole and not head.startswith(_MAGICS)
        archive = _archive_reader(path, head) if is_archive else None
        if archive is not None:
            yield archive.name, archive.read(path, content)


def _archive_reader(path: str, head: bytes) -> ArchiveReader | None:
    accepting = (one for one in ARCHIVE_READERS if head.startswith(one.heads) and one.accepts(path, head))
    return next(accepting, None)


def _best(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return claims without those that know no version of what another claim knows one of."""
    found = tuple(claims)
    known = {(claim.ecosystem, claim.name) for claim in found if claim.version != UNKNOWN_VERSION}
    return tuple(
        claim
        for claim in found
        if claim.version != UNKNOWN_VERSION or (claim.ecosystem, claim.name) not in known
    )


def _build_id(program: Program) -> int:
    try:
        return build_id.build_id(program)
    except Exception:  # tables that no system would load
        logger.exception("%s: unexpected error", program.path)
        return build_id.UNKNOWN


def _opened(path: str, content: FileContent) -> Program | None:
    """Return the program that a file is, None if it is none."""
    head = content.read(0, _HEAD)
    read = next((read for magic, read in _PROGRAMS.items() if head.startswith(magic)), None)
    if read is None or not content.is_whole:
        return None
    try:
        return read(path, content)
    except Exception:  # a header that no system would load: there is nothing to read
        logger.exception("%s: unexpected error", path)
        return None
