"""A layer's uncompressed bytes in even pieces, prepared ahead by a thread.

Reading, checking the digest and decompressing release Python's lock, so one thread does them while another
scans and hashes what it got: two cores are busy, and the queue between them bounds the memory.
"""

from __future__ import annotations

import queue
import threading
from types import TracebackType
from typing import Final

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.decompress import CountedBlob, decompress
from praxi_tasks.oci.image import Blob
from praxi_tasks.oci.limits import LayerLimits, exceeded

CHUNK_SIZE: Final = 1 << 20
"""Bytes of every piece but the last: whole tar blocks, and many, for each handing over costs."""

_AHEAD: Final = 4
_END: Final = b""


class Chunks:
    """The content of a blob, piece by piece; a context manager, at whose end the thread is gone.

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
        self._raw = CountedBlob(blob)
        self._media_type = media_type
        self._limits = limits
        self._ready: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        self._room = threading.Semaphore(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._produce, name="praxi-layer", daemon=True)

    def __enter__(self) -> Chunks:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._room.release()
        self._thread.join()

    def next(self) -> bytes:
        """Return the next ``CHUNK_SIZE`` bytes, or fewer at the end, then ``b""``.

        Raises
        ------
        PraxiError
            Whatever ended the reading early.
        """
        if self._stopped.is_set():
            return _END
        item = self._ready.get()
        self._room.release()
        if isinstance(item, BaseException):
            self._stopped.set()
            raise item
        if item == _END:
            self._stopped.set()
        return item

    def verify(self) -> None:
        """Read what is left, so that the blob's size and digest are checked."""
        while self.next():
            pass

    def _produce(self) -> None:
        try:
            self._decompress()
        except BaseException as error:
            self._ready.put(error)  # the consumer raises it
        else:
            self._ready.put(_END)

    def _decompress(self) -> None:
        total = 0
        try:
            content = decompress(self._raw, self._media_type, self._limits)
            while self._may_go_on() and (chunk := content.read(CHUNK_SIZE)):
                total += len(chunk)
                self._check(total)
                self._ready.put(chunk)
        except LimitExceededError:
            raise
        except LayerError:
            self._drain()  # a wrong digest explains the damage better than what it broke
            raise
        self._drain()

    def _drain(self) -> None:
        while not self._stopped.is_set() and self._raw.read(CHUNK_SIZE):
            pass

    def _may_go_on(self) -> bool:
        self._room.acquire()
        return not self._stopped.is_set()

    def _check(self, total: int) -> None:
        limits = self._limits
        if total > limits.max_bytes:
            raise exceeded("max_bytes", f"the layer has more than {limits.max_bytes} uncompressed bytes")
        if total > max(limits.ratio_floor, self._raw.count * limits.max_ratio):
            raise exceeded("max_ratio", f"the layer unpacks to more than {limits.max_ratio} times its size")
