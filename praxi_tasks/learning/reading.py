"""Reading training data: plain, gzip, xz, zstd and lz4 files, told apart by their first bytes."""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import zstandard

from praxi_tasks.errors import DataError

_MAGICS: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


def open_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, decompressed, with their ends.

    Raises
    ------
    DataError
        If the file can't be read or its compressed data is damaged.
    """
    try:
        with path.open("rb") as raw:
            yield from _decompressed(raw)
    except (OSError, EOFError, lzma.LZMAError, zstandard.ZstdError, RuntimeError) as error:
        raise DataError(
            f"training data can't be read: {error}", where=str(path), action="check the file"
        ) from error


def _decompressed(raw: IO[bytes]) -> IO[bytes]:
    start = raw.read(8)
    raw.seek(0)
    kind = next((kind for magic, kind in _MAGICS if start.startswith(magic)), "")
    if kind == "gzip":
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if kind == "xz":
        return io.BufferedReader(lzma.LZMAFile(raw))
    if kind == "zstd":
        return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    if kind == "lz4":
        import lz4.frame

        return io.BufferedReader(lz4.frame.LZ4FrameFile(raw))
    return raw
