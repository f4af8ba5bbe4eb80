"""A file on a package index, of which only the parts that somebody reads are fetched."""

from __future__ import annotations

import io
import os
from functools import partial
from typing import Final

from praxi_tasks.errors import ReleaseRefusedError
from praxi_tasks.http import FilePart, read_part, redact_url
from praxi_tasks.learning.sources.fetching import release_errors
from praxi_tasks.learning.sources.pacing import paced

MOST_BYTES: Final = 64 << 20
"""How much of one file is fetched: a directory of 250,000 members has less."""

_LEAST: Final = 64 << 10  # no request for less


class RemoteFile(io.RawIOBase):
    """A file for reading and seeking. What was fetched is remembered, as one stretch on each side.

    Parameters
    ----------
    url
        What a page of ``index`` says: of hosts with internal addresses, only the index's own is asked.
    tail
        Bytes at the end to fetch first; 0 to begin at the start.

    Raises
    ------
    NoPartsError
        If the server gives no parts.
    ReleaseRefusedError
        If more than :data:`MOST_BYTES` would have to be fetched.
    ReleaseError
        If the server can't be reached or refuses, also while reading.
    """

    def __init__(self, url: str, index: str, *, tail: int = 0) -> None:
        super().__init__()
        self._url = url
        self._index = index
        self._place = 0
        self._left = MOST_BYTES
        self.requests = 0
        first = self._ask(tail) if tail else self._ask(_LEAST, 0)
        self.size = first.total
        self._stretches = [(first.first, first.data)]

    def seekable(self) -> bool:
        """Return that it can be sought in."""
        return True

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to an offset, and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the start of the file")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """Return the offset."""
        return self._place

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes from the present place on."""
        end = self.size if size < 0 else min(self._place + size, self.size)
        if end <= self._place:
            return b""
        data = self._known(self._place, end) or self._fetched(self._place, end)
        self._place += len(data)
        return data

    def holds(self, start: int, end: int) -> bool:
        """Return whether a stretch was fetched already."""
        return any(first <= start and end <= first + len(data) for first, data in self._stretches)

    def _known(self, start: int, end: int) -> bytes:
        for first, data in self._stretches:
            if first <= start and end <= first + len(data):
                return data[start - first : end - first]
        return b""

    def _fetched(self, start: int, end: int) -> bytes:
        """Fetch a stretch, joined with those beside it.

        As much again before it comes along, unless that is known: what a directory names lies before it.
        """
        ends = {first + len(data) for first, data in self._stretches}
        first = start if start in ends else max(start - (end - start), 0)
        last = min(max(end, first + _LEAST), self.size)
        behind = [each for each in self._stretches if first < each[0] <= last]
        part = self._ask(min((place for place, _ in behind), default=last) - first, first)
        if part.total != self.size:
            raise ReleaseRefusedError("the file changes while it is read", where=redact_url(self._url))
        before = [each for each in self._stretches if each[0] + len(each[1]) == first]
        data = b"".join(data for _, data in (*before, (first, part.data), *sorted(behind)[:1]))
        self._stretches = [each for each in self._stretches if each not in (*before, *behind)]
        self._stretches.append((before[0][0] if before else first, data))
        return self._known(start, end) or self._fetched(start, end)

    def _ask(self, length: int, first: int | None = None) -> FilePart:
        self._left -= length
        if self._left < 0:
            raise ReleaseRefusedError(
                f"its directory takes more than {MOST_BYTES:,} bytes", where=redact_url(self._url)
            )
        self.requests += 1
        with release_errors():
            read = partial(read_part, self._url, length, first, named=self._index, waits=False)
            return paced(self._url, read)
