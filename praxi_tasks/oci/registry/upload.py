"""The bytes of an upload, sent piece by piece.

The time that a socket gives to one call of ``sendall`` is for all of its bytes, however long that takes: a
whole blob in one call breaks off wherever the way to the registry is slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

_PIECE: Final = 256 << 10

Sent = Callable[[int], None]
"""Is told how many bytes of a blob are sent by now; fewer than before where it is sent once more."""


class Upload:
    """A body for one request or several: each reads it from the start.

    Parameters
    ----------
    data
        All of it, which is not copied.
    sent
        Called after each piece.
    """

    def __init__(self, data: bytes | memoryview, sent: Sent = lambda _: None) -> None:
        self._data = memoryview(data)
        self._sent = sent

    def __len__(self) -> int:
        return self._data.nbytes

    def __iter__(self) -> Iterator[memoryview]:
        for start in range(0, len(self), _PIECE):
            yield self._data[start : start + _PIECE]
            self._sent(min(start + _PIECE, len(self)))
