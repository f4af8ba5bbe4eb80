""".NET: the ``deps.json`` beside an application lists what it was published with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned
from praxi_tasks.inventory.dotnet_dependencies import read_libraries
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader


def read_dependencies(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the NuGet packages of an application.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    folder = path.rpartition("/")[0]
    for library in read_libraries(view.kept[path]):
        files = owned((f"{folder}/{file}".lstrip("/") for file in library.files), len(view.kept[path]))
        yield Claim(NUGET.purl_type, library.name, library.version, path, files=files)


READER: Final = Reader(
    ecosystem=NUGET.purl_type,
    prepare=lambda view: partial(read_dependencies, view),
    endings=(".deps.json",),
)
