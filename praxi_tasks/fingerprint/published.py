"""Contents known by the SHA-256 that their publisher lists, where nobody fetched them for their xxh3-64.

Both are one number of 64 bits, so that they stand in one column of a catalogue. The last sixteen bits of one
made of SHA-256 are always the same. An xxh3-64 ends so once in 65,536 contents. It is compared as what it is
too, so that no two contents are called the same or different for it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

UNKNOWN_SIZE: Final = (1 << 64) - 1
"""Of a file that a publisher lists without saying what it is like once it is installed."""

_ENDING: Final = 0xC5A1
_LAST: Final = 0xFFFF
_REST: Final = 0xFFFF_FFFF_FFFF_0000
_BYTES: Final = 8


def published_content(sha256: bytes) -> int:
    """Return the number of a content; 0 without a digest."""
    return int.from_bytes(sha256[:_BYTES], "big") & _REST | _ENDING if sha256 else 0


def published_contents(heads: NDArray[np.uint64], known: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the numbers of contents, 0 for those that are not known, shape ``(n,)``.

    Parameters
    ----------
    heads
        The first eight bytes of each SHA-256, the first the most significant, shape ``(n,)``.
    known
        Whose SHA-256 they are, shape ``(n,)``.
    """
    numbers: NDArray[Any] = heads & np.uint64(_REST) | np.uint64(_ENDING)
    return np.where(known, numbers, np.uint64(0))


def is_published(known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which contents are known as published ones, shape ``(n,)``."""
    return np.asarray(known & np.uint64(_LAST) == np.uint64(_ENDING))


def same_contents(
    known: NDArray[np.uint64], hashes: NDArray[np.uint64], published: NDArray[np.uint64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which files have a known content, and of which that can be told, shape ``(n,)`` both.

    Parameters
    ----------
    known
        What is known of each: xxh3-64, a published content, or 0.
    hashes, published
        The xxh3-64 of each file, and its published content; 0 where it was not read.
    """
    of_publisher = is_published(known)
    same = (known != 0) & ((known == hashes) | (known == published))
    comparable = (known != 0) & np.where(of_publisher, published != 0, hashes != 0)
    return same, comparable | same
