"""Finds the ends of NUL-terminated strings in one buffer."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_SLAB: Final = 1 << 20


def ends(blob: bytes | bytearray | memoryview) -> NDArray[np.intp]:
    """Return where the strings end; looks at a piece at a time, so it needs little more than its answer."""
    letters = np.frombuffer(blob, np.uint8)
    starts = range(0, len(letters), _SLAB)
    found = [np.flatnonzero(letters[start : start + _SLAB] == 0) + start for start in starts]
    return np.concatenate([np.empty(0, np.intp), *found])
