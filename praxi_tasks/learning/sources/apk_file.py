"""Whether a package of Alpine's is the one that an index lists, by the checksums that apk itself compares.

The index has the SHA-1 of the second of a package's three gzip streams (its control files, as compressed),
and ``.PKGINFO`` in that has the SHA-256 of the third, the data (https://wiki.alpinelinux.org/wiki/Apk_spec).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from pathlib import Path
from typing import IO, Final

from praxi_tasks.errors import ReleaseRefusedError

_MOST_CONTROL: Final = 16 << 20
"""Bytes of a package before its data; scripts and checksums have some kilobytes."""

_STREAMS: Final = 2  # before the data: a signature, and the control files
_GZIP: Final = 31  # what zlib calls it
_DATA_HASH: Final = re.compile(rb"\ndatahash = ([0-9a-f]{64})\n")


def check_apk(apk: Path, sha1: bytes) -> None:
    """Compare a package with what an index lists.

    Raises
    ------
    ReleaseRefusedError
        If it is another package, or its data is not what its control files say.
    """
    with apk.open("rb") as file:
        control, end = _control(file.read(_MOST_CONTROL), sha1)
        expected = _DATA_HASH.search(b"\n" + control)
        file.seek(end)
        if expected is None or _sha256(file) != expected[1].decode():
            raise ReleaseRefusedError("the data is not what the package says", where=apk.name)


def _control(start: bytes, sha1: bytes) -> tuple[bytes, int]:
    """Return the control files, as a tar, and where they end in the package."""
    begin = 0
    for _ in range(_STREAMS):
        unpacked = zlib.decompressobj(_GZIP)
        try:
            data = unpacked.decompress(start[begin:], _MOST_CONTROL)
        except zlib.error:
            break
        end = len(start) - len(unpacked.unused_data)
        if not unpacked.eof:
            break
        if hashlib.sha1(start[begin:end], usedforsecurity=False).digest() == sha1:
            return data, end
        begin = end
    raise ReleaseRefusedError("the file is not the one that the index lists")


def _sha256(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a file of bytes
