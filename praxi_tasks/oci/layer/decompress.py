"""Decompresses a layer's blob: gzip, zstd, bzip2, xz, or none.

The bytes decide, as in container runtimes: an uncompressed tar is one whatever its media type
says. That counts only where the bytes are nothing that is known.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, Final, Protocol, cast

from praxi_tasks.errors import LayerError
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.layer.older_streams import older_streams
from praxi_tasks.oci.tar.header import BLOCK, check_sum

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    _Buffered = io.BufferedReader["CountingReader"]

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE: Final = b"\x2a\x4d\x18"  # its first byte is any of 0x50 to 0x5f
_TOO_LARGE: Final = ("too much memory", "Memory usage limit")
_WINDOW_LOGS: Final = range(10, 32)
_READ_SIZE: Final = 128 << 10


class Decompressed(Protocol):
    """The uncompressed bytes of a layer."""

    def read(self, size: int, /) -> bytes:
        """Return exactly ``size`` bytes, or what is left at the end.

        Raises
        ------
        LayerError
            If the compressed stream is broken, cut off, or followed by something else.
        LimitExceededError
            If it asks for more than the limits give.
        """


class _Pieces(Protocol):
    """A blob, or what else yields some of its bytes for each reading."""

    def read(self, size: int, /) -> bytes | memoryview: ...


class CountingReader(io.RawIOBase):
    """A blob as a raw file whose reads are never short, and which counts the compressed bytes."""

    def __init__(self, blob: _Pieces) -> None:
        super().__init__()
        self._blob = blob
        self.count = 0

    def readable(self) -> bool:
        """Say that this file is for reading."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer; only the blob's end leaves some of it unfilled."""
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and (data := self._blob.read(len(view) - filled)):
            view[filled : filled + len(data)] = data
            filled += len(data)
        self.count += filled
        return filled


class _Checked:
    """A decompressor whose errors are translated into :class:`LayerError`."""

    def __init__(self, stream: Decompressed, kind: str, errors: tuple[type[Exception], ...]) -> None:
        self._stream, self._kind, self._errors = stream, kind, errors

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise LayerError(
                f"the {self._kind} stream ends too early", action="push the image again"
            ) from error
        except self._errors as error:
            raise LayerError(
                f"the {self._kind} stream is damaged: {error}", action="push the image again"
            ) from error


class _CheckedWindow(_Checked):
    """Zstandard and xz, which may ask for a window larger than allowed."""

    def read(self, size: int, /) -> bytes:
        try:
            return super().read(size)
        except LayerError as error:
            if any(words in error.what for words in _TOO_LARGE):
                what = f"its {self._kind} asks for too large a window"
                raise exceeded("max_window_bytes", what) from error
            raise


def decompress(raw: CountingReader, media_type: str, limits: LayerLimits) -> Decompressed:
    """Open the blob's content.

    Parameters
    ----------
    raw
        The blob, at its start.
    media_type
        What the manifest calls it: names the expected compression where the bytes have none.
    limits
        ``max_window_bytes`` bounds what zstd may hold.

    Raises
    ------
    LayerError
        If the bytes are no known compression and the media type promised one.
    """
    buffered = io.BufferedReader(raw, _READ_SIZE)
    head = buffered.peek(BLOCK)
    if head.startswith(_GZIP):
        return _gzip(buffered)
    if head.startswith(_ZSTD) or (head[1:4] == _ZSTD_SKIPPABLE and head[0] >> 4 == 5):
        return _zstd(buffered, limits)
    if older := older_streams(head, buffered, limits):
        return _older(*older)
    _refuse_unreadable(head, media_type)
    return buffered


def _gzip(buffered: _Buffered) -> Decompressed:
    errors: tuple[type[Exception], ...] = (gzip.BadGzipFile, zlib.error)
    try:
        from isal import igzip, isal_zlib
    except ImportError:  # no wheel for this processor
        return _Checked(gzip.GzipFile(fileobj=buffered), "gzip", errors)
    isal_error = cast("type[Exception]", isal_zlib.IsalError)  # its stub takes the class for an instance
    stream: Decompressed = igzip.IGzipFile(fileobj=buffered)  # type: ignore[no-untyped-call]
    return _Checked(stream, "gzip", (*errors, isal_error))


def _zstd(buffered: _Buffered, limits: LayerLimits) -> Decompressed:
    from backports import zstd

    window = min(max(limits.max_window_bytes.bit_length() - 1, _WINDOW_LOGS[0]), _WINDOW_LOGS[-1])
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: window}
    return _CheckedWindow(zstd.ZstdFile(buffered, options=options), "zstd", (zstd.ZstdError,))


def _older(stream: Decompressed, kind: str) -> Decompressed:
    import lzma

    return _CheckedWindow(stream, kind, (OSError, lzma.LZMAError))


def _refuse_unreadable(head: bytes, media_type: str) -> None:
    if media_type.endswith(("gzip", "zstd")) and not _starts_tar(head[:BLOCK]):
        raise LayerError(
            "the layer's bytes are not of its media type", where=media_type, action="push it again"
        )


def _starts_tar(block: bytes) -> bool:
    """Return whether these bytes begin an uncompressed tar: a header, or the zeros of an empty one."""
    if not any(block):
        return True
    if len(block) < BLOCK:
        return False
    try:
        check_sum(block)
    except LayerError:
        return False
    return True
