"""Folders that an archive later makes something else, and which of them are above a path."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

import numpy as np

_NONE: Final = -1


class ReplacedFolders:
    """Tells when the last folder above a path was replaced.

    To look up every folder above every path takes time by the square of a path's length. Folders are sorted
    instead, so that the one before a path is above it, or parts with it at a folder which is asked for next.

    Parameters
    ----------
    rows
        The row of the member that replaced each folder.
    """

    def __init__(self, rows: Mapping[bytes, int]) -> None:
        # With NUL for the slash all that lies below a folder sorts directly behind it.
        replaced = sorted((_key(path), row) for path, row in rows.items())
        self._keys = [key for key, _ in replaced]
        self._last = [row for _, row in replaced]
        self._forks: dict[bytes, int] = {}
        above: list[int] = []
        for place, key in enumerate(self._keys):
            while above and not _is_below(key, self._keys[above[-1]]):
                above.pop()
            if above:
                self._last[place] = max(self._last[place], self._last[above[-1]])
            above.append(place)

    def last_above(self, path: bytes) -> int:
        """Return the row that last replaced a folder above a path; -1 if none is replaced."""
        folder = _key(path).rpartition(b"\0")[0]
        asked: list[bytes] = []
        found = _NONE
        while folder:
            known = self._forks.get(folder)
            if known is not None:
                found = known
                break
            place = bisect_right(self._keys, folder) - 1
            if place < 0:
                break
            key = self._keys[place]
            if key == folder or _is_below(folder, key):
                found = self._last[place]
                break
            folder = _common(folder, key)
            asked.append(folder)
        self._forks.update(dict.fromkeys(asked, found))
        return found


def _key(path: bytes) -> bytes:
    return path.replace(b"/", b"\0")


def _is_below(key: bytes, folder: bytes) -> bool:
    return len(key) > len(folder) and key[len(folder)] == 0 and key.startswith(folder)


def _common(first: bytes, second: bytes) -> bytes:
    """Return the lowest folder that is, or is above, both of two."""
    length = min(len(first), len(second))
    differ = np.frombuffer(first, np.uint8, length) != np.frombuffer(second, np.uint8, length)
    same = int(differ.argmax()) if differ.any() else length
    if same == length and len(first) != len(second):
        longer = first if len(first) > length else second
        if longer[length] == 0:
            return first[:length]
    return first[:same].rpartition(b"\0")[0]
