"""What a ``deps.json`` of .NET's lists: the packages that an application has, and their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from praxi_tasks.inventory.decoding import document

_PUBLISHED: Final = ("package", "runtimepack")
_RUNTIME: Final = "runtimepack."
_ASSETS: Final = ("runtime", "native", "runtimeTargets", "resources")


class Library(NamedTuple):
    """A package, and the names of its files, which lie beside the application."""

    name: str
    version: str
    files: tuple[str, ...]


class _Library(msgspec.Struct):
    type: str = ""


class _Dependencies(msgspec.Struct):
    libraries: dict[str, _Library]
    targets: dict[str, dict[str, dict[str, Any]]] = {}


def read_libraries(data: bytes) -> Iterator[Library]:
    """Yield the packages of a list; projects of the application's own are none, nor what has no version.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    dependencies = document(data, _Dependencies, "no list of dependencies")
    for release, library in dependencies.libraries.items():
        if library.type in _PUBLISHED:
            name, _, version = release.removeprefix(_RUNTIME).partition("/")
            if not version:
                continue
            files = (
                file for target in dependencies.targets.values() for file in _assets(target.get(release))
            )
            yield Library(name, version, tuple(files))


def _assets(target: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the names of a library's files: published, they lie beside the application."""
    for kind in _ASSETS:
        found = (target or {}).get(kind)
        if isinstance(found, dict):
            yield from (file.rpartition("/")[2] for file in found)
