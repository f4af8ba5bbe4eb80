"""The result of a build: the files of its wheel, or why there is none.

It was written by untrusted code, so that reading it checks everything.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import zstandard

from praxi_tasks.errors import DataError
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources import check_wheel_name
from praxi_tasks.store.frames import unpack_frame

_MOST_BYTES: Final = 64 << 20
_LONGEST_NAME: Final = 200


class BuildResult(msgspec.Struct, frozen=True):
    """The files of a wheel, as columns of one length, or the ``reason`` why there is none.

    ``sizes`` are bytes, ``hashes`` xxh3-64 of the contents.
    """

    wheel: str = ""
    paths: list[str] = []
    sizes: list[int] = []
    hashes: list[int] = []
    reason: str = ""

    @classmethod
    def of_release(cls, wheel: str, release: StoredRelease) -> BuildResult:
        """Return the result of a build whose wheel contains ``release``."""
        return cls(wheel, release.paths, release.sizes.tolist(), release.hashes.tolist())

    def release(self, wanted: NewPackage) -> StoredRelease:
        """Return the release that was built, checked like one that was read from an index.

        Raises
        ------
        ReleaseRefusedError
            If the wheel belongs to another release, or has paths that no release may have.
        DataError
            If columns differ in length, or a size or hash is out of range.
        """
        check_wheel_name(self.wheel, wanted)
        try:
            sizes, hashes = np.array(self.sizes, np.uint64), np.array(self.hashes, np.uint64)
        except (OverflowError, ValueError) as error:
            raise DataError(f"a size or hash is not a number: {error}", where=wanted.purl) from error
        if not len(self.paths) == len(sizes) == len(hashes):
            raise DataError("its columns differ in length", where=wanted.purl)
        measured = np.ones(len(sizes), np.bool_)
        source = f"built {self.wheel[:_LONGEST_NAME]}"
        return StoredRelease(*wanted.identity, source, list(self.paths), sizes, hashes, measured).checked()

    def to_bytes(self) -> bytes:
        """Return the result as compressed JSON."""
        return zstandard.ZstdCompressor(level=9).compress(msgspec.json.encode(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> BuildResult:
        """Read untrusted bytes that should be what :meth:`to_bytes` writes.

        Raises
        ------
        DataError
            If they are not a build result, or would take more than 64 MiB.
        """
        try:
            return decode(unpack_frame(data, _MOST_BYTES), cls)
        except (ValueError, RecursionError) as error:  # msgspec's errors are values'
            raise DataError(f"this is not a build result: {error}") from error
