"""Packing layers into batches of nearly equal bytes."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final

_ENOUGH: Final = 64
"""Batches that keep a pool busy to the end: of more, none need be smaller than the biggest layer."""


def pack(sizes: Sequence[int], target: int, most: int) -> list[int]:
    """Assign each size to a batch, so that the batches' sums differ little.

    Longest processing time first (R. L. Graham, *Bounds on multiprocessing timing anomalies*, 1969): the
    biggest layer left goes to the emptiest batch, which is within 4/3 of the best makespan, and far
    closer when layers are many. A layer is never split, so many batches are equal only if each has room for
    the biggest layer; fewer pods also start sooner, and the whole ends no later.

    Parameters
    ----------
    sizes
        Bytes of each layer.
    target
        Bytes a batch should have at least; decides how many batches there are.
    most
        No more batches than this.

    Returns
    -------
    list of int
        The batch number of each size; the numbers are 0 to n-1, each used.
    """
    if not sizes:
        return []
    # A layer costs a request and a task some milliseconds, however small: no batch of nothing.
    count = max(1, min(most, len(sizes), -(-sum(sizes) // max(target, 1))))
    count = min(count, max(sum(sizes) // max(*sizes, 1), _ENOUGH))
    batches = [(0, number) for number in range(count)]
    numbers = [0] * len(sizes)
    for layer in sorted(range(len(sizes)), key=lambda layer: (-sizes[layer], layer)):
        filled, number = batches[0]
        heapq.heapreplace(batches, (filled + max(sizes[layer], 1), number))
        numbers[layer] = number
    return numbers
