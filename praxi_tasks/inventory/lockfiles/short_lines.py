"""The lines of lock files that programs write, of which none that names a release is long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.inventory import decoding

_LONGEST: Final = 4096  # bytes; patterns that take quadratic time are asked about no more


def lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a lock file without their ends; those that are too long are empty."""
    return (line if len(line) <= _LONGEST else b"" for line in decoding.lines(decoding.as_utf8(data)))
