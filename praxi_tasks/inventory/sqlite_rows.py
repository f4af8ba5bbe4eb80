"""Rows of a table in a SQLite database that a layer holds: read in memory, nothing of it is trusted."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from praxi_tasks.errors import DataError

DAMAGE: Final = (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError)
"""What a damaged database causes: of an error that quotes the file, sqlite3 can't even make the message."""

_MAGIC: Final = b"SQLite format 3\0"
_VERSIONS: Final = slice(18, 20)  # of the file format for writing and reading: 2 asks for a write-ahead log
_NO_LOG: Final = b"\x01\x01"
_STEPS_BETWEEN_CHECKS: Final = 10_000
_MOST_CHECKS: Final = 10_000


def read_rows(data: bytes, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield some columns of a table.

    Parameters
    ----------
    data
        The database.
    table, columns
        Names that the caller writes: plain words.

    Raises
    ------
    DataError
        If SQLite can't read it, or would work far longer than any real database takes; if the table is none,
        or its texts and blobs take more room than the database.
    """
    if not data.startswith(_MAGIC):
        raise DataError("it is no SQLite database")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(_without_log(data))
            _restrict(connection, len(data))
            _check_table(connection, table)
            yield from _rows(connection, f"SELECT {', '.join(columns)} FROM {table}", len(data))  # noqa: S608
        except DAMAGE as error:
            raise DataError(f"SQLite can't read it: {error}") from None


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


def _check_table(connection: sqlite3.Connection, table: str) -> None:
    """Refuse views, virtual tables and generated columns: they compute what they like."""
    kinds = [row[2] for row in connection.execute(f"PRAGMA main.table_list({table})")]
    columns = connection.execute(f"PRAGMA main.table_xinfo({table})").fetchall()
    if kinds != ["table"] or any(hidden for *_, hidden in columns):
        raise DataError(f"it has no plain table of {table.lower()}")


def _rows(connection: sqlite3.Connection, query: str, room: int) -> Iterator[tuple[Any, ...]]:
    for row in connection.execute(query):
        room -= sum(len(value) for value in row if isinstance(value, str | bytes))
        if room < 0:
            raise DataError("its rows take more room than the file")
        yield row
