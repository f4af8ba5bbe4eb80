""".NET: the ``deps.json`` beside an application lists what it was published with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document, owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_PUBLISHED: Final = ("package", "runtimepack")
_RUNTIME: Final = "runtimepack."
_ASSETS: Final = ("runtime", "native", "runtimeTargets", "resources")


class _Library(msgspec.Struct):
    type: str = ""


class _Dependencies(msgspec.Struct):
    libraries: dict[str, _Library]
    targets: dict[str, dict[str, dict[str, Any]]] = {}


def read_dependencies(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the NuGet packages of an application; projects of its own are none.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    dependencies = document(view.kept[path], _Dependencies, "no list of dependencies")
    folder = path.rpartition("/")[0]
    for release, library in dependencies.libraries.items():
        if library.type not in _PUBLISHED:
            continue
        name, _, version = release.removeprefix(_RUNTIME).partition("/")
        assets = [file for target in dependencies.targets.values() for file in _assets(target.get(release))]
        files = owned((f"{folder}/{file}".lstrip("/") for file in assets), len(view.kept[path]))
        yield Claim(NUGET.purl_type, name, version, path, files=files)


def _assets(target: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the names of a library's files: published, they lie beside the application."""
    for kind in _ASSETS:
        found = (target or {}).get(kind)
        if isinstance(found, dict):
            yield from (file.rpartition("/")[2] for file in found)


READER: Final = Reader(
    ecosystem=NUGET.purl_type,
    prepare=lambda view: partial(read_dependencies, view),
    endings=(".deps.json",),
)
