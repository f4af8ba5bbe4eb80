"""Conan's ``conan.lock``, of both of its versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from praxi_tasks.ecosystems import CONAN
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.reader import Reader


class _Node(msgspec.Struct):
    ref: str | None = None


class _Graph(msgspec.Struct):
    nodes: dict[str, _Node] = {}


class _Lock(msgspec.Struct):
    requires: list[Any] = []
    build_requires: list[Any] = []
    python_requires: list[Any] = []
    graph_lock: _Graph = msgspec.field(default_factory=_Graph)


def read_conan_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages whose references Conan locked: ``zlib/1.3@user/channel#revision%time``.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    lock = document(data, _Lock, "no lock file of Conan")
    nodes = (node.ref for node in lock.graph_lock.nodes.values())
    for reference in (*lock.requires, *lock.build_requires, *lock.python_requires, *nodes):
        if isinstance(reference, str):
            name, _, rest = reference.partition("/")
            version = rest.partition("#")[0].partition("@")[0]
            if "/" not in version:
                yield Pin(name, version)


READER: Final[Reader] = lock_reader(CONAN, {"conan.lock": read_conan_lock})
