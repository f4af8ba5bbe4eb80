"""Pieces of bytes that a thread makes ready before they are asked for.

Reading, hashing and decompressing release Python's lock, so stages that run ahead of each other keep more
than one core busy; the queues between them bound the memory.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final

_AHEAD: Final = 4
_END: Final = b""


class Ahead:
    """What ``pieces`` yields, some of it made ahead; a context manager, at whose end the thread is gone.

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
        self._room = threading.Semaphore(_AHEAD)
        self._stopped = threading.Event()
        self._left = memoryview(_END)
        self._thread = threading.Thread(target=self._produce, name=name, daemon=True)

    def __enter__(self) -> Ahead:
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
        """Whether nobody will ask for more."""
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
