"""Programs and libraries as their sections: ELF, PE and Mach-O, told by their first bytes.

Only what readers ask for is read. Tables may say anything: what lies outside the file is not there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Final, Literal

from praxi_tasks.oci.layer import FileContent

Format = Literal["elf", "pe", "macho"]

_MOST_OF_A_NAME: Final = 8
MOST_SECTION: Final = 64 << 20
"""Bytes that are read of one section at most."""

_MOST_SEARCHED: Final = 256 << 20  # bytes of a file, or of one section: the largest that are known have half


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a program with a name: where it is in the file, and at which address in memory.

    ``kind`` is its type in an ELF file, and 0 elsewhere.
    """

    name: str
    address: int
    offset: int
    size: int
    kind: int = 0
    writable: bool = False


@dataclass(frozen=True)
class Program:
    """An executable file or shared library.

    Parameters
    ----------
    path
        Without a leading slash.
    content
        Its bytes.
    format
        Which of the three it is.
    little
        Whether its numbers have the least significant byte first.
    bits
        32 or 64.
    sections
        In the order of its table.
    segments
        What is loaded into memory; of ELF files, where a program may have no sections at all.
    base
        The address from which a PE file counts those that it names.
    tables
        The addresses, so counted, and the sizes of the tables that a PE file's header names, in its order.
    """

    path: str
    content: FileContent
    format: Format
    little: bool = True
    bits: int = 64
    sections: tuple[Section, ...] = ()
    segments: tuple[Section, ...] = field(default=())
    base: int = 0
    tables: tuple[tuple[int, int], ...] = ()

    def find(self, *names: str) -> Section | None:
        """Return the first section that has one of the names."""
        return next((section for section in self.sections if section.name in names), None)

    def named(self, names: Set[str]) -> tuple[Section, ...]:
        """Return the sections that have one of the names: the first few, since real programs have no more."""
        return tuple(itertools.islice((one for one in self.sections if one.name in names), _MOST_OF_A_NAME))

    def read(self, section: Section, most: int = MOST_SECTION) -> bytes:
        """Return the beginning of a section's bytes."""
        return self.content.read(section.offset, min(section.size, most))

    def at(self, address: int, length: int) -> bytes:
        """Return bytes by their address in memory; fewer, or none, where no section holds them."""
        for section in self.segments or self.sections:
            start = address - section.address
            if 0 <= start < section.size:
                return self.content.read(section.offset + start, min(length, section.size - start))
        return b""

    def table(self, number: int, most: int) -> bytes:
        """Return the beginning of one of the header's tables; nothing where it names none."""
        address, size = self.tables[number] if number < len(self.tables) else (0, 0)
        return self.at(self.base + address, min(size, most))

    def number(self, data: bytes) -> int:
        """Return the number that some bytes of the program are."""
        return int.from_bytes(data, "little" if self.little else "big")

    def windows(self, overlap: int, section: Section | None = None) -> Iterator[bytes]:
        """Yield a section, or the whole file, in pieces that have so many bytes in common, up to a limit."""
        start, size = (section.offset, section.size) if section else (0, self.content.size)
        found = self.content.windows(overlap, start, start + min(size, _MOST_SEARCHED))
        return (window for _, window in found)
