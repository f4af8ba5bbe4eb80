"""asdf and mise: the folders into which they install tools are named for them and for their versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import GENERIC
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = "/installs/"
_PLACE: Final = re.compile(
    r"(?:.*/)?(?:\.?asdf|mise|\.?rtx)/installs/([a-z][\w-]*)/v?(\d[\w.+-]*)/(.+)", re.ASCII
)
_PROGRAM: Final = re.compile(r"bin/[^/]+")
# Tools that plugins call otherwise than their programs are called.
_NAMES: Final = {"nodejs": "node", "golang": "go", "postgres": "postgresql"}


def named_tools(view: LayerView) -> Iterator[Claim]:
    """Yield the tools that have a folder, by one of their programs or else their first file."""
    found: dict[tuple[str, str], tuple[bool, str]] = {}
    for path in view.members():
        if _FOLDER in path and (place := _PLACE.fullmatch(path)):
            rank = _PROGRAM.fullmatch(place[3]) is None, path
            tool = place[1], place[2]
            found[tool] = min(found.get(tool, rank), rank)
    for (name, version), (_, path) in sorted(found.items()):
        yield Claim(GENERIC.purl_type, _NAMES.get(name, name), version, path, files=(path,))


PATHS_READER: Final = Reader(ecosystem=GENERIC.purl_type, named=named_tools)
