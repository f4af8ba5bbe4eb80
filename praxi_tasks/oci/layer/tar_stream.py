"""A position in a tar stream that comes in chunks.

Chunks are whole blocks, so a header never lies across two of them; a member's data may.
"""

from __future__ import annotations

from collections.abc import Iterator

from praxi_tasks.errors import LayerError
from praxi_tasks.oci.layer.chunks import Chunks
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.tar.header import BLOCK, SIZE, number


class TarStream:
    """The chunks of an archive and where in them a scan is.

    Attributes
    ----------
    chunk, view
        The piece that the scan is in, and the same as a memoryview.
    position
        Where in the piece it is.
    """

    def __init__(self, chunks: Chunks, limits: LayerLimits) -> None:
        self.chunk = b""
        self.view = memoryview(b"")
        self.position = 0
        self._chunks = chunks
        self._max_header = limits.max_header_bytes
        self._max_extended = limits.max_extended_bytes
        self._extended = 0

    def has_more(self) -> bool:
        """Make sure that the position is at a byte, if there is any left."""
        if self.position >= len(self.chunk):
            self.chunk, self.position = self._chunks.next(), 0
            self.view = memoryview(self.chunk)
        return bool(self.chunk)

    def block(self) -> bytes:
        """Return the next block; shorter only if the stream ends in zeros that are no whole block.

        Raises
        ------
        LayerError
            If the stream ends before or in it.
        """
        if not self.has_more():
            raise cut_off()
        block = self.chunk[self.position : self.position + BLOCK]
        self.position += len(block)
        if len(block) < BLOCK and any(block):
            raise cut_off()
        return block

    def data(self, size: int) -> Iterator[memoryview]:
        """Yield the next ``size`` bytes, and step over what pads them to whole blocks.

        The padding of the last member may be missing, wholly or in part, whatever the chunks are.

        Raises
        ------
        LayerError
            If the stream ends before, or the size is negative.
        """
        if size < 0:
            raise LayerError("a member of negative size", action="the archive is broken")
        left = size
        while left:
            if not self.has_more():
                raise cut_off()
            part = self.view[self.position : self.position + left]
            self.position += len(part)
            left -= len(part)
            yield part
        self.position += -size % BLOCK  # beyond the chunk only at the stream's end: chunks are whole blocks

    def extended(self, header: bytes) -> bytes:
        """Return the data of an extended header.

        Raises
        ------
        LimitExceededError
            If it is larger than ``max_header_bytes``, or with those before than ``max_extended_bytes``.
        """
        size = number(header[SIZE])
        if size > self._max_header:
            raise exceeded("max_header_bytes", f"an extended header of {size} bytes")
        self._extended += size
        if self._extended > self._max_extended:
            raise exceeded("max_extended_bytes", f"more than {self._max_extended} bytes of extended headers")
        return b"".join(self.data(size))

    def check_end(self) -> None:
        """Check what follows a block of zeros: nothing, or another one; behind it nobody looks.

        Raises
        ------
        LayerError
            If it is anything else.
        """
        if self.has_more() and any(self.block()):
            raise LayerError("members follow a lone block of zeros", action="the archive is broken")

    def skip_rest(self) -> None:
        """Read to the end of the blob, which is what verifies it."""
        self._chunks.verify()


def cut_off() -> LayerError:
    """Return the error for an archive that ends in the middle."""
    return LayerError("the archive ends too early", action="push the image again")
