"""The content of a vendor's file, compressed or not, read piece by piece and within a limit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Final

from praxi_tasks.environment import read, whole_number
from praxi_tasks.errors import DataError
from praxi_tasks.store.compressed import DAMAGED, decompressed

SETTING: Final = "PRAXI_FEED_MAX_BYTES"
_MOST: Final = 2 << 30  # bytes; SUSE's largest OVAL file has some hundred million
_MOST_IN_MEMORY: Final = (
    512 << 20
)  # of a document that is decoded as a whole; Debian's tracker has 70 million
_PIECE: Final = 1 << 18


class Content:
    """A file's content as something to read from, once.

    Parameters
    ----------
    data
        The file: plain, or compressed by gzip, xz, zstd, bzip2 or lz4.
    where
        The file's name, for errors.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self._where = where
        self._left = read(SETTING, whole_number, _MOST)
        try:
            self._file: IO[bytes] = decompressed(io.BytesIO(data))
        except DAMAGED as error:
            raise self._damaged(error) from error

    def read(self, size: int = _PIECE) -> bytes:
        """Return the next bytes, at most ``size``; none at the end.

        Raises
        ------
        DataError
            If the file is damaged, cut short, or has more than ``PRAXI_FEED_MAX_BYTES``.
        """
        try:
            piece = self._file.read(size)
        except (*DAMAGED, ValueError) as error:
            raise self._damaged(error) from error
        self._left -= len(piece)
        if self._left < 0:
            raise DataError("it is larger than a feed may be", where=self._where, action=f"raise {SETTING}")
        return piece

    def pieces(self) -> Iterator[bytes]:
        """Yield the content; raises what :meth:`read` does."""
        while piece := self.read():
            yield piece

    def whole(self) -> bytes:
        """Return the content in one piece; raises what :meth:`read` does."""
        self._left = min(self._left, _MOST_IN_MEMORY)
        return b"".join(self.pieces())

    def _damaged(self, error: Exception) -> DataError:
        return DataError(
            f"it is damaged or cut short: {error}", where=self._where, action="mirror the feed again"
        )
