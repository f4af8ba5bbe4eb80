"""What looks into one kind of file declares: how such a file begins, and how its claims are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.oci.layer import FileContent


@dataclass(frozen=True, kw_only=True)
class ProgramReader:
    """One kind of record in programs and libraries, of ELF, PE or Mach-O.

    Parameters
    ----------
    name
        What such a record is called where it is damaged.
    read
        Takes a program and yields its claims; none where it has no such record. Raises DataError where the
        record is damaged.
    """

    name: str
    read: Callable[[Program], Iterator[Claim]]


@dataclass(frozen=True, kw_only=True)
class ArchiveReader:
    """One kind of archive; the parameters are those of :class:`ProgramReader`, for a whole file.

    Parameters
    ----------
    ecosystem
        The package URL type of what they hold.
    heads
        How such archives begin.
    endings
        How most of their names end, in lower case; those of other names are read as well.
    accepts
        Decides by a file's path and its first 64 bytes whether it may be one.
    tails
        How the names end, six letters each, of those that are told by them: too many others begin so.
    """

    name: str
    ecosystem: str
    heads: tuple[bytes, ...]
    endings: tuple[str, ...]
    read: Callable[[str, FileContent], Iterator[Claim]]
    accepts: Callable[[str, bytes], bool]
    tails: tuple[bytes, ...] = ()
