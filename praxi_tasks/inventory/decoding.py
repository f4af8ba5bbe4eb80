"""Values out of package records: decoded so that any consumer can use them, and bounded in their size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from praxi_tasks.errors import DataError

_PATH_BYTES_PER_BYTE: Final = 8
_PATH_BYTES_FREE: Final = 1 << 16
_MOST_PATH_BYTES: Final = 128 << 20  # of one release, whatever its database's size


def owned(paths: Iterable[str], database_bytes: int) -> tuple[str, ...]:
    """Collect the paths a release owns, sorted, each once; names with a NUL, which no file has, are left out.

    Databases write a folder once and its files' names after it, so that a small hostile one can expand to
    terabytes.

    Parameters
    ----------
    paths
        Without a leading slash.
    database_bytes
        Size of the record that lists them.

    Raises
    ------
    DataError
        If the paths take far more memory than any real database of ``database_bytes`` bytes needs.
    """
    room = min(_PATH_BYTES_PER_BYTE * database_bytes + _PATH_BYTES_FREE, _MOST_PATH_BYTES)
    found: set[str] = set()
    for path in paths:
        room -= len(path)
        if room < 0:
            raise DataError("its paths take far more room than the database itself")
        if path and "\0" not in path:
            found.add(path)
    return tuple(sorted(found))


def text(data: bytes) -> str:
    """Decode a name or version; what is not UTF-8 becomes U+FFFD, so that any consumer can encode it."""
    return data.decode("utf-8", "replace").strip()


def path_text(data: bytes) -> str:
    """Decode a path as changesets do, so that it can be looked up there."""
    return data.decode("utf-8", "surrogateescape")
