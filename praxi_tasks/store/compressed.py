"""Opens plain, gzip, xz, zstd, bzip2 and lz4 files, distinguished by their magic bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from typing import IO, Final

import zstandard

_MAGICS: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"BZh", "bzip2"),
)
DAMAGED: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, RuntimeError)
"""The errors that reading a damaged or truncated file raises."""

DAMAGED_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
    MemoryError,
)
"""The errors that reading a damaged zip archive raises, whichever compression it names."""


def decompressed(raw: IO[bytes]) -> IO[bytes]:
    """Return the content of a file that can be rewound; reading it raises one of :data:`DAMAGED`."""
    start = raw.read(8)
    raw.seek(0)
    kind = next((kind for magic, kind in _MAGICS if start.startswith(magic)), "")
    if kind == "gzip":
        return io.BufferedReader(gzip.GzipFile(fileobj=raw))
    if kind == "xz":
        return io.BufferedReader(lzma.LZMAFile(raw))
    if kind == "zstd":
        return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True))
    if kind == "bzip2":
        return io.BufferedReader(bz2.BZ2File(raw))
    if kind == "lz4":
        import lz4.frame

        return io.BufferedReader(lz4.frame.LZ4FrameFile(raw))
    return raw
