"""LuaRocks: a rock's ``rockspec``, a Lua program that is never run, in the folder of its version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import LUAROCKS
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PLACE: Final = re.compile(r"(?:.*/)?rocks(?:-[^/]+)?/([^/]+)/([^/]+)/\1-\2\.rockspec")
_LICENCE: Final = re.compile(rb"^[ \t]*license[ \t]*=[ \t]*[\"']([^\"'\n]+)[\"']", re.MULTILINE)
_HEAD: Final = 1 << 16


def read_rockspec(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the rock whose folder this is.

    Raises
    ------
    DataError
        If it is not in such a folder.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not in the folder of a rock's version")
    licence = _LICENCE.search(view.kept[path][:_HEAD])
    yield Claim(
        LUAROCKS.purl_type,
        place[1],
        place[2],
        path,
        files=view.give(path.rpartition("/")[0]),
        licences=stated((text(licence[1]),)) if licence else (),
    )


READER: Final = Reader(
    ecosystem=LUAROCKS.purl_type,
    prepare=lambda view: partial(read_rockspec, view),
    endings=(".rockspec",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
