"""What a finding is known by, and how its input is cut down."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.fuzz.target import DifferenceError, same

_OURS: Final = ("praxi_tasks", "praxi_airflow", "tests/fuzz")
_MOST_CUTS: Final = 1_000
_LONGEST: Final = 20  # seconds of cutting


def signature(error: BaseException) -> str:
    """Return what two occurrences of one finding have in common: the error's type, and where it arose.

    Of a difference that is the comparison, by its line.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.name != same.__name__ and any(folder in frame.filename for folder in _OURS)
    ]
    if not frames:
        return type(error).__name__
    last = frames[-1]
    line = f":{last.lineno}" if isinstance(error, DifferenceError) else ""
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.name}{line}"


def cut(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Return a shorter input that fails in the same way, by leaving out ever smaller pieces."""
    stop = time.monotonic() + _LONGEST
    size, tries = max(len(data) // 2, 1), 0
    while size and tries < _MOST_CUTS and time.monotonic() < stop:
        start = 0
        while start < len(data) and tries < _MOST_CUTS and time.monotonic() < stop:
            tries += 1
            shorter = data[:start] + data[start + size :]
            if fails(shorter):
                data = shorter
            else:
                start += size
        size //= 2
    return data
