""".NET's lock files: NuGet's of today and of before (``packages.config``), what it restored, and Paket's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.decoding import as_utf8, document, text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_PACKAGE: Final = re.compile(rb"<package\s([^<>]{1,2000})>")
_ATTRIBUTE: Final = re.compile(rb"""\b(id|version)=["']([^"'<>]{1,400})["']""")
_PAKET: Final = re.compile(rb" {4}([\w.-]+) \(([^\s()]+)\).*")


class _Package(msgspec.Struct):
    resolved: str = ""


class _Lock(msgspec.Struct):
    dependencies: dict[str, dict[str, _Package]] = {}


class _Library(msgspec.Struct):
    type: str = ""


class _Assets(msgspec.Struct):
    libraries: dict[str, _Library]


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


def read_packages_config(data: bytes) -> Iterator[Pin]:
    """Yield the packages of a ``packages.config``, which says one version of each.

    Raises
    ------
    DataError
        If it is no such XML.
    """
    xml = as_utf8(data)
    if b"<packages" not in xml:
        raise DataError("it is no lock file of NuGet's packages")
    for found in _PACKAGE.finditer(xml):
        said = dict(_ATTRIBUTE.findall(found[1]))
        yield Pin(text(said.get(b"id", b"")), text(said.get(b"version", b"")))


def read_project_assets(data: bytes) -> Iterator[Pin]:
    """Yield what NuGet restored for a project; other projects are no packages.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for release, library in document(data, _Assets, "no lock file of a project").libraries.items():
        if library.type == "package":
            name, _, version = release.partition("/")
            yield Pin(name, version)


def read_paket_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages of NuGet that Paket locked; those of repositories are in other sections."""
    inside = False
    for line in lines(data):
        if line[:1].strip():
            inside = line.strip() == b"NUGET"
        elif inside and (found := _PAKET.fullmatch(line)):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(
    NUGET,
    {
        "packages.lock.json": read_nuget_lock,
        "packages.config": read_packages_config,
        "project.assets.json": read_project_assets,
        "paket.lock": read_paket_lock,
    },
)
