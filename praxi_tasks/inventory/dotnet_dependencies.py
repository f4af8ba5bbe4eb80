"""What a ``deps.json`` of .NET's lists: the packages that an application has, and their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from praxi_tasks.inventory.decoding import document

_PACKAGE: Final = "package"
_PUBLISHED: Final = (_PACKAGE, "runtimepack")
_RUNTIME: Final = "runtimepack."
_ASSETS: Final = ("runtime", "native", "runtimeTargets", "resources")
_COMPILE_ONLY: Final = "compileOnly"
# Of packages with these names the shared framework has the assemblies: the SDK leaves out those of an app.
_OF_FRAMEWORK: Final = ("microsoft.", "netstandard.", "runtime.", "system.")


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

    What was needed to compile alone is not there, nor is a package whose assemblies come with the runtime: it
    is listed without files, and which release the runtime has of them its own list says. Other packages
    without files are made of those that they depend on.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    dependencies = document(data, _Dependencies, "no list of dependencies")
    for release, library in dependencies.libraries.items():
        if library.type in _PUBLISHED:
            name, _, version = release.removeprefix(_RUNTIME).partition("/")
            uses = [target[release] for target in dependencies.targets.values() if release in target]
            files = tuple(file for use in uses for file in _assets(use))
            if version and (files or library.type != _PACKAGE or _is_there(name, uses)):
                yield Library(name, version, files)


def _is_there(name: str, uses: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a package without files came with the application, by how its targets use it."""
    if not uses:
        return True
    to_compile = all(use.get(_COMPILE_ONLY) is True for use in uses)
    return not to_compile and not name.lower().startswith(_OF_FRAMEWORK)


def _assets(target: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of a library's files: published, they lie beside the application."""
    for kind in _ASSETS:
        found = target.get(kind)
        if isinstance(found, dict):
            yield from (file.rpartition("/")[2] for file in found)
