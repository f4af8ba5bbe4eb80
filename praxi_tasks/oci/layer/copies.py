"""Copies of the files that are looked into: whole, or of a large one the parts that say what it is."""

from __future__ import annotations

import logging
import os
from collections import deque
from dataclasses import dataclass
from typing import IO, Final

from praxi_tasks.oci.layer.file_content import FileContent

logger = logging.getLogger(__name__)

_MEMBER: Final = b"PK\x03\x04"  # a zip archive's local file header (APPNOTE.TXT, section 4.3.7)
_NAME_LENGTH: Final = 26
_NAME: Final = 30
_LONGEST_NAME: Final = 512
_OF_A_MEMBER: Final = 16 << 20  # bytes of one that are held
_MOST_MEMBERS: Final = 16
_END: Final = 16 << 20  # bytes of an archive's end, where its directory is


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a file is looked into.

    Parameters
    ----------
    whole
        Bytes up to which all of it is; None for the layer's limit.
    beginning
        Bytes of a larger one that are held of its beginning; without any it is not looked into.
    members
        How the names of a zip archive's members end of which a larger one's are held as well, and its
        directory; without any it is taken for no archive.
    """

    whole: int | None = None
    beginning: int = 0
    members: tuple[bytes, ...] = ()

    def held(self, size: int, most: int) -> int | None:
        """Return how many bytes are held of a file at most, None if it is not looked into."""
        if size <= (most if self.whole is None else min(self.whole, most)):
            return size
        more = _END + _MOST_MEMBERS * _OF_A_MEMBER if self.members else 0
        return min(self.beginning + more, size) if self.beginning else None

    def copy(self, size: int, held: int, spool: IO[bytes] | None) -> Copy:
        """Return what takes a file's parts; the spool those that are too large for memory."""
        if held == size:
            return Copy(size, spool)
        if self.members and spool is not None:
            return ArchiveCopy(size, spool, self.beginning, self.members)
        return Copy(size, spool, held)


WHOLE: Final = Part()
"""The whole file, or nothing."""


class Copy:
    """A file's beginning, until all of it is there.

    Parameters
    ----------
    size
        Bytes of the file.
    spool
        Takes a large file, instead of what it held before; else the parts stay in memory.
    most
        Bytes that are held; by default all.
    """

    def __init__(self, size: int, spool: IO[bytes] | None = None, most: int | None = None) -> None:
        self._size = size
        self._room = size if most is None else most
        self._most = self._room
        self._spool = spool
        self._parts: list[bytes] = []
        self._is_there = True
        if spool is not None:
            spool.seek(0)
            spool.truncate()

    def add(self, part: memoryview) -> None:
        """Add the next part."""
        held = part[: self._room]
        self._room -= len(held)
        if self._spool is None:
            self._parts.append(bytes(held))
        elif self._is_there and held:
            self._write(self._spool, held)

    def content(self) -> FileContent | None:
        """Return what is held of the file; None where there was no room for it."""
        if self._spool is None:
            return FileContent(b"".join(self._parts), self._size, ((0, self._most),))
        return FileContent(self._spool, self._size, ((0, self._most),)) if self._is_there else None

    def _write(self, spool: IO[bytes], data: memoryview, place: int | None = None) -> None:
        try:
            if place is None:
                spool.write(data)
            else:
                os.pwrite(spool.fileno(), data, place)
        except OSError:  # no scratch space is left: what is not looked into is told
            logger.warning("no room to look into a file of %d bytes", self._size, exc_info=True)
            self._is_there = False


class ArchiveCopy(Copy):
    """A large zip archive's beginning, its end and the members that are asked for, each at its place."""

    def __init__(self, size: int, spool: IO[bytes], beginning: int, members: tuple[bytes, ...]) -> None:
        super().__init__(size, spool)
        self._file = spool
        self._members = members
        self._ranges = [(0, beginning)]
        self._before = b""
        self._position = 0
        self._last: deque[bytes] = deque()
        self._last_bytes = 0

    def add(self, part: memoryview) -> None:
        """Add the next part."""
        data = bytes(part)
        window, base = self._before + data, self._position - len(self._before)
        place = window.find(_MEMBER)
        while place >= 0 and len(self._ranges) <= _MOST_MEMBERS:
            self._see(window, place, base)
            place = window.find(_MEMBER, place + len(_MEMBER))
        for start, stop in self._ranges:
            first, last = max(start, base), min(stop, base + len(window))
            if first < last and self._is_there:
                self._write(self._file, memoryview(window)[first - base : last - base], first)
        self._position += len(data)
        self._before = window[-(_NAME + _LONGEST_NAME) :]
        self._keep_last(data)

    def content(self) -> FileContent | None:
        """Return what is held of the archive; None where there was no room for it."""
        end = b"".join(self._last)
        start = self._position - len(end)
        self._write(self._file, memoryview(end), start)
        held = (*self._ranges, (start, self._position))
        return FileContent(self._file, self._size, held) if self._is_there else None

    def _see(self, window: bytes, place: int, base: int) -> None:
        """Hold a member that begins here if its name is one that is asked for."""
        length = int.from_bytes(window[place + _NAME_LENGTH : place + _NAME_LENGTH + 2], "little")
        name = window[place + _NAME : place + _NAME + length]
        found = (base + place, base + place + _OF_A_MEMBER)
        if name.lower().endswith(self._members) and found not in self._ranges:
            self._ranges.append(found)

    def _keep_last(self, data: bytes) -> None:
        self._last.append(data[-_END:])
        self._last_bytes += len(self._last[-1])
        while self._last_bytes - len(self._last[0]) >= _END:
            self._last_bytes -= len(self._last.popleft())
