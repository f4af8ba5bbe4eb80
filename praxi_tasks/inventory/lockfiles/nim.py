"""Nim's ``nimble.lock``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import NIM
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.reader import Reader


class _Package(msgspec.Struct):
    version: str = ""


class _Lock(msgspec.Struct):
    packages: dict[str, _Package] = {}


def read_nimble_lock(data: bytes) -> Iterator[Pin]:
    """Yield what Nimble locked.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for name, package in document(data, _Lock, "no lock file of Nimble").packages.items():
        yield Pin(name, package.version)


READER: Final[Reader] = lock_reader(NIM, {"nimble.lock": read_nimble_lock})
