"""The bytes of one file of a layer, read at any place: from memory, or from a spooled copy."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_WINDOW: Final = 4 << 20


class FileContent:
    """What whoever looks into a file reads it by; valid only while it is looked into.

    Parameters
    ----------
    source
        The whole content, or an open file that holds nothing else and has a descriptor.
    size
        Bytes of the content.
    held
        Where the parts begin and end that the source has, each at its place; by default all is there.
    """

    def __init__(
        self, source: bytes | IO[bytes], size: int, held: Sequence[tuple[int, int]] | None = None
    ) -> None:
        self._source = source
        self.size = size
        self._held = ((0, size),) if held is None else held

    @property
    def is_whole(self) -> bool:
        """Whether all of the content is there; else what is not is read as if the file ended before it."""
        return any(start == 0 and stop >= self.size for start, stop in self._held)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset``; fewer, or none, where the file ends before."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        stop = max((stop for start, stop in self._held if start <= offset < stop), default=offset)
        length = min(length, stop - offset, self.size - offset)
        if isinstance(self._source, bytes):
            return self._source[offset : offset + length]
        return _read_all(self._source.fileno(), offset, length)

    def windows(self, overlap: int, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Yield the content, or the part of it that is asked for, in pieces that fit in memory.

        Parameters
        ----------
        overlap
            Bytes that each piece has in common with the next: what is searched for is no longer.

        Yields
        ------
        int, bytes
            Where the piece begins, and the piece.
        """
        end = self.size if end is None else min(end, self.size)
        while start < end:
            window = self.read(start, min(_WINDOW, end - start))
            yield start, window
            if start + len(window) >= end or len(window) <= overlap:
                return
            start += len(window) - overlap

    def open(self) -> io.BufferedReader:
        """Return the content as a file that can be sought in."""
        return io.BufferedReader(_RawContent(self))


class _RawContent(io.RawIOBase):
    def __init__(self, content: FileContent) -> None:
        super().__init__()
        self._content = content
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._content.read(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._content.size}[whence]
        if start + offset < 0:
            raise OSError(f"there is no place before the file's first byte: {start + offset}")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position


def _read_all(descriptor: int, offset: int, length: int) -> bytes:
    parts = []
    while length and (part := os.pread(descriptor, length, offset)):
        parts.append(part)
        offset, length = offset + len(part), length - len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
