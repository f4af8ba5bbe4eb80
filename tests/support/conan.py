"""Caches of Conan 2, as its own client writes their database."""

from __future__ import annotations

import contextlib
import sqlite3


def conan_cache(*packages: tuple[object, str]) -> bytes:
    """Return the database of a cache with packages: the reference of each, and its folder in the cache."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size=512")
        connection.execute(
            "CREATE TABLE packages (reference, rrev, pkgid, prev, path text UNIQUE, timestamp real, lru)"
        )
        rows = [(reference, "df2b", "da39", "6e97", path, 1.0, 1) for reference, path in packages]
        connection.executemany("INSERT INTO packages VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        return connection.serialize()
