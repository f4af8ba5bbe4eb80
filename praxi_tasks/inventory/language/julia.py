"""Julia: the ``Project.toml`` of each package in a depot."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import JULIA
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import as_utf8
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILES: Final = ("/Project.toml", "/JuliaProject.toml")
_PLACE: Final = re.compile(r"(?:.*/)?packages/[^/]+/[A-Za-z0-9]{4,6}/(?:Julia)?Project\.toml")
_LARGEST: Final = 1 << 16  # tomllib takes quadratic time for some inputs


def read_project(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a ``Project.toml``.

    Raises
    ------
    DataError
        If it is no such file, or names no package and version.
    """
    data = view.kept[path]
    if len(data) > _LARGEST:
        raise DataError("it is larger than any real one")
    head = (
        as_utf8(data).replace(b"\r\n", b"\n").partition(b"\n[")[0]
    )  # name and version are before the first table
    try:
        project = tomllib.loads(head.decode())
    except (ValueError, RecursionError) as error:
        raise DataError(f"it is no TOML: {error}") from None
    name, version = project.get("name"), project.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise DataError("it names no package or no version")
    yield Claim(JULIA.purl_type, name, version, path, files=view.give(path.rpartition("/")[0]))


READER: Final = Reader(
    ecosystem=JULIA.purl_type,
    prepare=lambda view: partial(read_project, view),
    endings=_FILES,
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
