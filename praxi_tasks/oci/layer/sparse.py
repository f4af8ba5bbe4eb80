"""Reads sparse members: files whose holes the archive leaves out (``tar --sparse``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from praxi_tasks.errors import LayerError
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.layer.tar_stream import TarStream, cut_off
from praxi_tasks.oci.tar.header import BLOCK, TYPE, number
from praxi_tasks.oci.tar.pax_records import SPARSE, SPARSE_MAP, Overrides, decimal

_GNU_TYPE: Final = ord("S")
_ENTRY: Final = 24
_HEADER_ENTRIES: Final = 4
_MORE_ENTRIES: Final = 21
_ZEROS: Final = memoryview(bytes(64 << 10))


class _Sparse(NamedTuple):
    """A sparse file: how large it is unpacked, and the (offset, length) of what is stored of it."""

    size: int
    pieces: list[tuple[int, int]]


class SparseReader:
    """Reads the maps of sparse members and fills in their holes, whose bytes count as a layer's others do."""

    def __init__(self, stream: TarStream, limits: LayerLimits) -> None:
        self._stream = stream
        self._limits = limits
        self._total = 0

    def open(self, header: bytes, overrides: Overrides, stored: int) -> tuple[int, Iterator[memoryview]]:
        """Return a member's unpacked size and its content.

        Parameters
        ----------
        header
            The member's block; the stream is positioned after it.
        overrides
            What extended headers say.
        stored
            How many bytes of data the archive holds for the member.

        Raises
        ------
        LayerError
            If the map is malformed.
        LimitExceededError
            If the layer's sparse files unpack to more than ``max_bytes``.
        """
        if header[TYPE] == _GNU_TYPE:
            sparse = self._old_map(header)
        else:
            sparse, taken = self._pax_map(overrides)
            stored -= taken
        self._total += sparse.size
        if self._total > self._limits.max_bytes:
            raise exceeded("max_bytes", f"the layer's sparse files unpack to {self._total} bytes")
        return sparse.size, _expand(sparse, self._stream.data(stored))

    def _old_map(self, header: bytes) -> _Sparse:
        pieces = list(_entries(header[386:482], _HEADER_ENTRIES))
        more, blocks = header[482], 0
        while more:
            block, blocks = self._block(), blocks + 1
            self._check_length(blocks * BLOCK)
            pieces += _entries(block, _MORE_ENTRIES)
            more = block[504]
        return _checked(number(header[483:495]), pieces)

    def _pax_map(self, overrides: Overrides) -> tuple[_Sparse, int]:
        """Return the map and how many bytes of the member's data it took."""
        size = decimal(overrides.get(SPARSE + b"realsize") or overrides.get(SPARSE + b"size", b""))
        taken = 0
        if overrides.get(SPARSE + b"major") == b"1":
            flat, taken = self._map_in_data()
        else:
            flat = [decimal(value) for value in overrides.get(SPARSE_MAP, b"").split(b",") if value]
        return _checked(size, list(zip(flat[::2], flat[1::2], strict=False))), taken

    def _map_in_data(self) -> tuple[list[int], int]:
        """Read version 1.0's map: decimal lines, the first of them their number of pairs."""
        text, lines, wanted = bytearray(), 0, 1
        while lines < wanted:
            block = self._block()
            text += block
            self._check_length(len(text))
            lines += block.count(b"\n")
            if wanted == 1 and lines:
                wanted += 2 * decimal(bytes(text.partition(b"\n")[0]))
        return [decimal(line) for line in bytes(text).split(b"\n")[1:wanted]], len(text)

    def _block(self) -> bytes:
        block = self._stream.block()
        if len(block) < BLOCK:
            raise cut_off()
        return block

    def _check_length(self, length: int) -> None:
        if length > self._limits.max_header_bytes:
            raise exceeded("max_header_bytes", "the map of a sparse file is too long")


def is_sparse(kind: int, overrides: Overrides) -> bool:
    """Return whether a member is a sparse file."""
    return kind == _GNU_TYPE or any(keyword.startswith(SPARSE) for keyword in overrides)


def _expand(sparse: _Sparse, stored: Iterator[memoryview]) -> Iterator[memoryview]:
    """Yield the file's content, holes included, from what is stored of it."""
    position, rest = 0, memoryview(b"")
    for offset, length in sparse.pieces:
        yield from _zeros(offset - position)
        position = offset
        while position < offset + length:
            rest = rest or next(stored, memoryview(b""))
            if not rest:
                raise LayerError("a sparse file lacks data", action="the archive is broken")
            part = rest[: offset + length - position]
            yield part
            position, rest = position + len(part), rest[len(part) :]
    yield from _zeros(sparse.size - position)
    for _ in stored:
        pass  # what the map does not mention


def _entries(block: bytes, count: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count * _ENTRY, _ENTRY):
        if block[start]:
            yield number(block[start : start + 12]), number(block[start + 12 : start + 24])


def _checked(size: int, pieces: list[tuple[int, int]]) -> _Sparse:
    position = 0
    for offset, length in pieces:
        if offset < position or length < 0 or offset + length > size:
            raise LayerError("the map of a sparse file is malformed", action="the archive is broken")
        position = offset + length
    return _Sparse(size, pieces)


def _zeros(count: int) -> Iterator[memoryview]:
    while count > 0:
        yield _ZEROS[:count]
        count -= len(_ZEROS)
