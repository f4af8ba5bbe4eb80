"""Files that are compressed, told by their first bytes and unpacked into memory up to a limit."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Final

import zstandard

from praxi_tasks.errors import DataError
from praxi_tasks.oci.layer import FileContent

_DAMAGE: Final = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


def _gunzip(content: IO[bytes], most: int) -> bytes:
    with gzip.GzipFile(fileobj=content) as file:
        return file.read(most)


def _bunzip(content: IO[bytes], most: int) -> bytes:
    with bz2.BZ2File(content) as file:
        return file.read(most)


def _unxz(content: IO[bytes], most: int) -> bytes:
    with lzma.LZMAFile(content) as file:  # tells the two formats apart
        return file.read(most)


def _unzstd(content: IO[bytes], most: int) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(content) as file:
        return file.read(most)


def _inflate(content: IO[bytes], most: int) -> bytes:
    return zlib.decompressobj().decompress(content.read(most), most)


_FORMATS: Final[tuple[tuple[bytes, Callable[[IO[bytes], int], bytes]], ...]] = (
    (b"\x1f\x8b", _gunzip),
    (b"BZh", _bunzip),
    (b"\xfd7zXZ\0", _unxz),
    (b"]\0\0", _unxz),
    (b"\x28\xb5\x2f\xfd", _unzstd),
    *((head, _inflate) for head in (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")),
)
HEADS: Final = tuple(head for head, _ in _FORMATS)
"""How compressed files begin."""


def unpacked(content: FileContent, most: int) -> bytes | None:
    """Return the beginning of what a file holds, None if it is not compressed.

    Parameters
    ----------
    most
        Bytes that are returned at most.

    Raises
    ------
    DataError
        If it is damaged.
    """
    head = content.read(0, max(map(len, HEADS)))
    for start, unpack in _FORMATS:
        if head.startswith(start):
            try:
                return unpack(content.open(), most)
            except _DAMAGE as error:
                raise DataError(f"it can't be unpacked: {error}") from None
    return None
