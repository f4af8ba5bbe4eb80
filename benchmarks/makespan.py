"""How long an audit's pods take on so many slots, drawn from recorded pod times."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class PodTime(NamedTuple):
    """One recorded pod: the compressed bytes it read, and the seconds for which its task held a slot."""

    bytes: int
    seconds: float


def read_times(path: Path) -> list[PodTime]:
    """Read recorded pod times, as ``benchmarks/pod_times.py`` writes them."""
    return [PodTime(entry["bytes"], entry["seconds"]) for entry in json.loads(path.read_text())["pods"]]


def fit(times: Sequence[PodTime]) -> tuple[float, float]:
    """Return the seconds a pod costs anyway and its seconds per byte, by least squares."""
    count = len(times)
    mean_bytes = sum(time.bytes for time in times) / count
    mean_seconds = sum(time.seconds for time in times) / count
    spread = sum((time.bytes - mean_bytes) ** 2 for time in times)
    joint = sum((time.bytes - mean_bytes) * (time.seconds - mean_seconds) for time in times)
    slope = joint / spread
    return max(mean_seconds - slope * mean_bytes, 0.0), slope


def simulate(sizes: Sequence[int], times: Sequence[PodTime], slots: int, chance: random.Random) -> float:
    """Return the seconds until the last batch is done, when a free slot takes the next batch.

    A pod takes what the fit says of its bytes, times a deviation drawn from the recorded ones.
    """
    start, slope = fit(times)
    deviations = [time.seconds / (start + slope * time.bytes) for time in times]
    free = [0.0] * slots
    for size in sizes:
        took = (start + slope * size) * chance.choice(deviations)
        heapq.heapreplace(free, free[0] + took)
    return max(free)


def lower_bound(sizes: Sequence[int], times: Sequence[PodTime], slots: int) -> float:
    """Return the seconds in which nobody could be faster: all bytes spread evenly, and no pod's start."""
    return fit(times)[1] * sum(sizes) / slots
