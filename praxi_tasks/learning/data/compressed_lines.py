"""Reading training data, compressed in any of the usual ways, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from praxi_tasks.errors import DataError
from praxi_tasks.store.compressed import DAMAGED, decompressed


def open_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, decompressed, with their ends.

    Raises
    ------
    DataError
        If the file can't be read or its compressed data is damaged.
    """
    try:
        with path.open("rb") as raw:
            yield from decompressed(raw)
    except DAMAGED as error:
        raise DataError(
            f"training data can't be read: {error}", where=str(path), action="check the file"
        ) from error
