"""Rust's ``Cargo.lock``: the crates of a registry; those of the workspace name no source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import CARGO
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.tables import read_tables
from praxi_tasks.inventory.reader import Reader

_REGISTRIES: Final = ("registry+", "sparse+")


def read_cargo_lock(data: bytes) -> Iterator[Pin]:
    """Yield the crates of registries that Cargo locked."""
    for header, table in read_tables(data):
        if header == "package" and table.get("source", "").startswith(_REGISTRIES):
            yield Pin(table.get("name", ""), table.get("version", ""))


READER: Final[Reader] = lock_reader(CARGO, {"Cargo.lock": read_cargo_lock})
