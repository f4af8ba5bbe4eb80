"""Yields a layer's uncompressed bytes in chunks of one size, prefetched by two threads.

One reads the blob, which checks its digest; one decompresses; the caller scans and hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Final

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.image.model import Blob
from praxi_tasks.oci.layer.decompress import CountingReader, decompress
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded
from praxi_tasks.oci.layer.prefetch import Prefetcher

CHUNK_SIZE: Final = 1 << 20
"""Bytes of every piece but the last: whole tar blocks, and many, because each hand-over costs."""

_READ_SIZE: Final = 256 << 10


class Chunks:
    """The content of a blob, chunk by chunk; a context manager that ends its threads.

    Parameters
    ----------
    blob
        The compressed bytes; always read to their end, because that is what verifies them.
    media_type
        What the manifest calls them.
    limits
        The caps on bytes, ratio and window.
    """

    def __init__(self, blob: Blob, media_type: str, limits: LayerLimits) -> None:
        self._blob = blob
        self._media_type = media_type
        self._limits = limits
        self._compressed = Prefetcher(self._read, "praxi-blob")
        self._raw = CountingReader(self._compressed)
        self._content = Prefetcher(self._decompress, "praxi-layer")

    def __enter__(self) -> Chunks:
        self._compressed.__enter__()
        self._content.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._content.__exit__(kind, error, trace)
        self._compressed.__exit__(kind, error, trace)

    def next(self) -> bytes:
        """Return the next ``CHUNK_SIZE`` bytes, or fewer at the end, then ``b""``.

        Raises
        ------
        PraxiError
            Whatever ended the reading early.
        """
        return self._content.next()

    def verify(self) -> None:
        """Read what is left, so that the blob's size and digest are checked."""
        while self.next():
            pass

    def _read(self) -> Iterator[bytes]:
        while data := self._blob.read(_READ_SIZE):
            yield data

    def _decompress(self) -> Iterator[bytes]:
        total = 0
        try:
            content = decompress(self._raw, self._media_type, self._limits)
            while chunk := content.read(CHUNK_SIZE):
                total += len(chunk)
                self._check(total)
                yield chunk
        except LimitExceededError:
            raise
        except LayerError:
            self._drain()  # a wrong digest explains the damage better than its consequence
            raise
        self._drain()

    def _drain(self) -> None:
        while not self._content.stopped and self._raw.read(CHUNK_SIZE):
            pass

    def _check(self, total: int) -> None:
        limits = self._limits
        if total > limits.max_bytes:
            raise exceeded("max_bytes", f"the layer has more than {limits.max_bytes} uncompressed bytes")
        if total > max(limits.ratio_floor, self._raw.count * limits.max_ratio):
            raise exceeded("max_ratio", f"the layer unpacks to more than {limits.max_ratio} times its size")
