""".NET's ``packages.lock.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.reader import Reader


class _Package(msgspec.Struct):
    resolved: str = ""


class _Lock(msgspec.Struct):
    dependencies: dict[str, dict[str, _Package]] = {}


def read_nuget_lock(data: bytes) -> Iterator[Pin]:
    """Yield what NuGet locked for any framework; projects have no version.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for packages in document(data, _Lock, "no lock file of NuGet").dependencies.values():
        for name, package in packages.items():
            yield Pin(name, package.resolved)


READER: Final[Reader] = lock_reader(NUGET, {"packages.lock.json": read_nuget_lock})
