"""What a build tells: its wheel's files, or why there is no wheel. Whoever reads it trusts nothing."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import zstandard

from praxi_tasks.errors import DataError
from praxi_tasks.learning.data.requests import NewPackage
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.sources.pypi.wheel import check_wheel_name
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
        """Return the listing of a release that a wheel was found to hold."""
        return cls(wheel, release.paths, release.sizes.tolist(), release.hashes.tolist())

    def release(self, wanted: NewPackage) -> StoredRelease:
        """Return the release that was asked for, if the listing is one of it.

        Raises
        ------
        ReleaseRefusedError
            If it is another release's, or holds what no release may.
        DataError
            If it is malformed.
        """
        check_wheel_name(self.wheel, wanted)
        try:
            sizes, hashes = np.array(self.sizes, np.uint64), np.array(self.hashes, np.uint64)
        except (OverflowError, ValueError) as error:
            raise DataError(f"a size or hash is none: {error}", where=wanted.purl) from error
        if not len(self.paths) == len(sizes) == len(hashes):
            raise DataError("its columns differ in length", where=wanted.purl)
        measured = np.ones(len(sizes), np.bool_)
        source = f"built {self.wheel[:_LONGEST_NAME]}"
        return StoredRelease(*wanted.identity, source, list(self.paths), sizes, hashes, measured).checked()

    def to_bytes(self) -> bytes:
        """Return the listing as compressed bytes."""
        return zstandard.ZstdCompressor(level=9).compress(msgspec.json.encode(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> BuildResult:
        """Read what :meth:`to_bytes` wrote, or what somebody else did.

        Raises
        ------
        DataError
            If it is no listing, or would be too large.
        """
        try:
            return msgspec.json.decode(unpack_frame(data, _MOST_BYTES), type=cls)
        except (ValueError, RecursionError) as error:  # msgspec's errors are values'
            raise DataError(f"the build's listing is none: {error}") from error
