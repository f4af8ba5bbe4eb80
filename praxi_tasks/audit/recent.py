"""What was read last, as much as fits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Reads by a text's key, and keeps what was asked for last as long as it is light enough.

    Parameters
    ----------
    read
        Returns what belongs to a key.
    weigh
        Returns about how many bytes that takes.
    most
        Bytes of all that is kept. What alone is heavier is kept until the next is read.
    """

    def __init__(self, read: Callable[[str], T], weigh: Callable[[T], int], most: int) -> None:
        self._read = read
        self._weigh = weigh
        self._room = most
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def __call__(self, key: str) -> T:
        """Return what belongs to a key; raises what reading it raises."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        found = self._read(key)
        weight = self._weigh(found)
        self._room -= weight
        while self._kept and self._room < 0:
            _, (_, freed) = self._kept.popitem(last=False)
            self._room += freed
        self._kept[key] = found, weight
        return found
