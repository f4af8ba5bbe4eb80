"""bzip2 and xz, as container runtimes still read them, whatever a manifest calls such a layer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from praxi_tasks.oci.layer.limits import LayerLimits

_READ_SIZE: Final = 128 << 10
_BZIP2: Final = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")  # with blocks, or without any
_XZ: Final = re.compile(rb"\xfd7zXZ\x00")


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Decompressor(Protocol):
    """What the decompressors of bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Streams:
    """One stream after another, as one.

    Parameters
    ----------
    source
        The compressed bytes.
    start
        Makes the decompressor of one stream.
    padding
        What may lie between streams, and at the end.
    """

    def __init__(self, source: _Source, start: Callable[[], _Decompressor], padding: bytes) -> None:
        self._source, self._start, self._padding = source, start, padding
        self._current = start()
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """Return exactly ``size`` bytes, or what is left at the end.

        Raises
        ------
        EOFError
            If a stream is cut off.
        """
        parts: list[bytes] = []
        while size:
            if self._current.eof and not self._next():
                break
            data, self._held = self._held, b""
            if not data and self._current.needs_input and not (data := self._source.read(_READ_SIZE)):
                raise EOFError("the stream ends too early")
            part = self._current.decompress(data, size)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _next(self) -> bool:
        """Begin the next stream; return whether there is one."""
        rest = self._current.unused_data
        while not (rest := rest.lstrip(self._padding)):
            if not (rest := self._source.read(_READ_SIZE)):
                return False
        self._current, self._held = self._start(), rest
        return True


def older_streams(head: bytes, source: _Source, limits: LayerLimits) -> tuple[Streams, str] | None:
    """Return the content of a bzip2 or xz blob and its kind, or None if its first bytes are of neither."""
    if _BZIP2.match(head):
        import bz2

        return Streams(source, bz2.BZ2Decompressor, padding=b""), "bzip2"
    if _XZ.match(head):
        import lzma

        def start() -> lzma.LZMADecompressor:
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.max_window_bytes)

        return Streams(source, start, padding=b"\0"), "xz"
    return None
