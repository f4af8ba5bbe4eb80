"""``rpmdb.sqlite``: rpm's database in today's Fedora, RHEL and openSUSE."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from praxi_tasks.errors import DataError

_MAGIC: Final = b"SQLite format 3\0"
_VERSIONS: Final = slice(18, 20)  # of the file format for writing and reading: 2 asks for a write-ahead log
_NO_LOG: Final = b"\x01\x01"
# Of an error that quotes the file, sqlite3 can't even make the message.
_DAMAGE: Final = (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError)
_STEPS_BETWEEN_CHECKS: Final = 10_000
_MOST_CHECKS: Final = 10_000


def read_sqlite_blobs(data: bytes) -> Iterator[bytes]:
    """Yield the package headers, read in memory; nothing of the database is trusted.

    Raises
    ------
    DataError
        If SQLite can't read it, or would work far longer than any real database takes.
    """
    if not data.startswith(_MAGIC):
        raise DataError("it is no SQLite database")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(_without_log(data))
            _restrict(connection, len(data))
            yield from _blobs(connection, len(data))
        except _DAMAGE as error:
            raise DataError(f"SQLite can't read it: {error}") from None


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
    except (*_DAMAGE, OSError) as error:
        raise DataError(f"its write-ahead log can't be read: {error}") from None


def _without_log(data: bytes) -> bytes:
    """Mark the database as one without a write-ahead log, which memory can't hold."""
    if data[_VERSIONS] == _NO_LOG:
        return data
    return b"".join((data[: _VERSIONS.start], _NO_LOG, memoryview(data)[_VERSIONS.stop :]))


def _restrict(connection: sqlite3.Connection, size: int) -> None:
    """Bound what a hostile schema can make SQLite do: values, nesting and steps."""
    checks = iter(range(_MOST_CHECKS))
    connection.set_progress_handler(lambda: next(checks, None) is None, _STEPS_BETWEEN_CHECKS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(size, 1 << 16))
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 20)
    connection.execute("PRAGMA trusted_schema = OFF")


def _blobs(connection: sqlite3.Connection, size: int) -> Iterator[bytes]:
    _check_table(connection)
    room = size
    for (blob,) in connection.execute("SELECT blob FROM Packages"):
        if not isinstance(blob, bytes):
            raise DataError("a package is no header but a number or a text")
        room -= len(blob)
        if room < 0:
            raise DataError("its packages take more room than the file")
        yield blob


def _check_table(connection: sqlite3.Connection) -> None:
    """Refuse views, virtual tables and generated columns: rpm has none, and they compute what they like."""
    kinds = [row[2] for row in connection.execute("PRAGMA main.table_list(Packages)")]
    columns = connection.execute("PRAGMA main.table_xinfo(Packages)").fetchall()
    if kinds != ["table"] or any(hidden for *_, hidden in columns):
        raise DataError("it has no plain table of packages")
