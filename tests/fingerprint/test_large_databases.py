"""Databases as large as those of real images are read by the default limits."""

from __future__ import annotations

import json
import sqlite3
import struct
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from praxi_tasks.fingerprint import fingerprint_layer
from praxi_tasks.inventory import Inventory
from praxi_tasks.oci.layer import LayerLimits
from praxi_tasks.store import keys
from praxi_tasks.store.local import LocalStore
from tests.support.layers import COMPRESSIONS, MemorySource, archive, member

_STRING = 6
_MEGABYTE = 1 << 20


def header(**texts: str) -> bytes:
    """Return an rpm header with entries NAME (1000), VERSION (1001) and RELEASE (1002)."""
    data, index = b"", b""
    for tag, name in ((1000, "name"), (1001, "version"), (1002, "release")):
        index += struct.pack(">IIII", tag, _STRING, len(data), 1)
        data += texts[name].encode() + b"\0"
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def rpmdb(folder: Path, size: int) -> bytes:
    """Return a database of one package and ``size`` bytes of what else an rpm database holds."""
    with closing(sqlite3.connect(folder / "rpmdb.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        connection.execute("CREATE TABLE Basenames (key TEXT, names BLOB)")
        bash = header(name="bash", version="5.2", release="1.el9")
        connection.execute("INSERT INTO Packages VALUES (1, ?)", (bash,))
        connection.execute("INSERT INTO Basenames VALUES ('x', zeroblob(?))", (size,))
    return (folder / "rpmdb.sqlite").read_bytes()


@pytest.mark.slow
def test_an_rpmdb_of_100_mb_and_1500_npm_packages_are_read(tmp_path: Path) -> None:
    packages = [
        member(
            f"app/node_modules/p{n}/package.json", json.dumps({"name": f"p{n}", "version": "1.0.0"}).encode()
        )
        for n in range(1500)
    ]
    layer = archive([member("var/lib/rpm/rpmdb.sqlite", rpmdb(tmp_path, 100 * _MEGABYTE)), *packages])
    source, store = MemorySource(COMPRESSIONS["+gzip"](layer)), LocalStore(tmp_path / "store")
    del layer
    digest = source.descriptors[0].digest
    tracemalloc.start()
    fingerprint_layer(source, source.descriptors[0], store, LayerLimits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    inventory = Inventory.from_bytes(store.get(keys.layer_inventory(digest)))
    assert not inventory.problems
    assert len(inventory.claims) == 1501
    assert peak < 400 * _MEGABYTE
