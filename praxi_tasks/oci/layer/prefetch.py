"""Prefetches chunks of bytes in a thread.

Reading, hashing and decompressing release the GIL, so pipelined stages keep more than one core busy; the
bounded queues between them bound the memory.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final

_QUEUED: Final = 4
_END: Final = b""


class Prefetcher:
    """Yields what ``pieces`` yields, a few of them in advance; a context manager that ends its thread.

    Parameters
    ----------
    pieces
        Called in the thread; yields no empty piece.
    name
        The thread's.
    """

    def __init__(self, pieces: Callable[[], Iterator[bytes]], name: str) -> None:
        self._pieces = pieces
        self._ready: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        self._room = threading.Semaphore(_QUEUED)
        self._stopped = threading.Event()
        self._left = memoryview(_END)
        self._thread = threading.Thread(target=self._produce, name=name, daemon=True)

    def __enter__(self) -> Prefetcher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._room.release()
        self._thread.join()

    @property
    def stopped(self) -> bool:
        """Whether no more will be read."""
        return self._stopped.is_set()

    def next(self) -> bytes:
        """Return the next piece, or ``b""`` after the last.

        Raises
        ------
        Exception
            Whatever ended the making of pieces early.
        """
        if self.stopped:
            return _END
        item = self._ready.get()
        self._room.release()
        if isinstance(item, BaseException):
            self._stopped.set()
            raise item
        if item == _END:
            self._stopped.set()
        return item

    def read(self, size: int, /) -> memoryview:
        """Return up to ``size`` bytes of the present piece, or none after the last."""
        if not self._left:
            self._left = memoryview(self.next())
        part, self._left = self._left[:size], self._left[size:]
        return part

    def _produce(self) -> None:
        try:
            pieces = self._pieces()
            while self._may_go_on() and (piece := next(pieces, _END)):
                self._ready.put(piece)
        except BaseException as error:
            self._ready.put(error)  # the consumer raises it
        else:
            self._ready.put(_END)

    def _may_go_on(self) -> bool:
        self._room.acquire()
        return not self.stopped
