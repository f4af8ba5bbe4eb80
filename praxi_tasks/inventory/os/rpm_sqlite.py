"""``rpmdb.sqlite``: rpm's database in today's Fedora, RHEL and openSUSE."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.sqlite_rows import DAMAGE, read_rows

_TABLE: Final = "Packages"
_COLUMN: Final = "blob"


def read_sqlite_blobs(data: bytes) -> Iterator[bytes]:
    """Yield the package headers.

    Raises
    ------
    DataError
        If SQLite can't read it, or would work far longer than any real database takes.
    """
    for (blob,) in read_rows(data, _TABLE, (_COLUMN,)):
        if not isinstance(blob, bytes):
            raise DataError("a package is no header but a number or a text")
        yield blob


def merge_log(data: bytes, log: bytes) -> bytes:
    """Return the database with the transactions that its write-ahead log holds.

    SQLite itself does it, in files of its own. A log that is not of this database changes nothing, as in rpm.

    Raises
    ------
    DataError
        If SQLite can't, or the log would make the database larger than both files.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="praxi-rpm-") as folder:
            file = Path(folder, "rpmdb.sqlite")
            file.write_bytes(data)
            Path(f"{file}-wal").write_bytes(log)
            with contextlib.closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            if file.stat().st_size > len(data) + len(log):
                raise DataError("its write-ahead log names pages that it does not hold")
            return file.read_bytes()
    except (*DAMAGE, OSError) as error:
        raise DataError(f"its write-ahead log can't be read: {error}") from None
