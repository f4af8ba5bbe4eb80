"""``Packages``: the Berkeley DB hash file of rpm before version 4.16, read page by page."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.errors import DataError

_MAGIC: Final = 0x061561
_MAGIC_AT: Final = 12
_VERSION_AT: Final = 16
_VERSIONS: Final = range(7, 11)  # of hash files, from Berkeley DB 3 to 6
_PAGE_SIZE_AT: Final = 20
_LAST_PAGE_AT: Final = 32
_PAGE_SIZES: Final = frozenset(1 << bits for bits in range(9, 17))
_PAGE_HEAD_SIZE: Final = 26
_HASH_PAGES: Final = frozenset((2, 13))
_OVERFLOW_PAGE: Final = 7
_INLINE: Final = 1
_OFF_PAGE: Final = 3
_SHORTEST_HEADER: Final = 16  # the record under key 0 is a counter of 4 bytes


class _Page(NamedTuple):
    """A page's place, and of its head: the next page, how many entries or bytes it holds, its type."""

    start: int
    next: int
    entries: int
    used: int
    kind: int


class _HashFile:
    """A Berkeley DB hash file in memory, in either byte order."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _LAST_PAGE_AT + 4:
            raise DataError("it is cut short")
        orders = [o for o in "<>" if struct.unpack_from(f"{o}I", data, _MAGIC_AT)[0] == _MAGIC]
        if not orders:
            raise DataError("it is no Berkeley DB hash file")
        self._order = orders[0]
        self._data = data
        version: int = struct.unpack_from(f"{self._order}I", data, _VERSION_AT)[0]
        if version not in _VERSIONS:
            raise DataError(f"it is a Berkeley DB hash file of version {version}, which is not read")
        self.page_size: int = struct.unpack_from(f"{self._order}I", data, _PAGE_SIZE_AT)[0]
        if self.page_size not in _PAGE_SIZES:
            raise DataError("it has pages of an impossible size")
        self.pages = len(data) // self.page_size
        last: int = struct.unpack_from(f"{self._order}I", data, _LAST_PAGE_AT)[0]
        self.truncated = last >= self.pages

    def page(self, number: int) -> _Page:
        if number >= self.pages:
            raise DataError("a page is beyond the end")
        start = number * self.page_size
        head = struct.unpack_from(f"{self._order}IHHBB", self._data, start + 16)
        return _Page(start, head[0], head[1], head[2], head[4])

    def values(self, page: _Page) -> Iterator[bytes]:
        """Yield the second of every pair on a hash page."""
        if page.entries * 2 > self.page_size - _PAGE_HEAD_SIZE:
            raise DataError("a page holds more entries than fit")
        places = struct.unpack_from(f"{self._order}{page.entries}H", self._data, page.start + _PAGE_HEAD_SIZE)
        for number in range(1, len(places), 2):
            yield self._value(page.start + places[number], page.start + places[number - 1])

    def _value(self, start: int, end: int) -> bytes:
        """Read one item; items fill a page from its end, so one ends where the item before it starts."""
        item = self._data[start:end]
        if item[:1] == bytes((_INLINE,)):
            return item[1:]
        if item[:1] == bytes((_OFF_PAGE,)) and len(item) >= 12:
            first, length = struct.unpack_from(f"{self._order}II", item, 4)
            return self._chain(first, length)
        return b""

    def _chain(self, number: int, length: int) -> bytes:
        """Join a value that is spread over overflow pages; a chain longer than the value says is a loop."""
        if length > len(self._data):
            raise DataError("a value is longer than the file")
        value = bytearray()
        while len(value) < length:
            page = self.page(number)
            if page.kind != _OVERFLOW_PAGE or not 0 < page.used <= self.page_size - _PAGE_HEAD_SIZE:
                raise DataError("a value's page is no overflow page")
            start = page.start + _PAGE_HEAD_SIZE
            value += self._data[start : start + page.used]
            number = page.next
        return bytes(value[:length])


def read_bdb_values(data: bytes) -> Iterator[bytes]:
    """Yield the package headers, in the order of their pages.

    Raises
    ------
    DataError
        If a page is not what the format says, or the values take more room than the file has.
    """
    file = _HashFile(data)
    room = len(data)
    for number in range(1, file.pages):
        page = file.page(number)
        if page.kind not in _HASH_PAGES:
            continue
        for value in file.values(page):
            room -= len(value)
            if room < 0:
                raise DataError("its values overlap")
            if len(value) >= _SHORTEST_HEADER:
                yield value
    if file.truncated:
        raise DataError("it is shorter than its first page says")
