"""WordPress: the header of a plugin's main file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import WORDPRESS
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PLACE: Final = re.compile(r"(?:.*/)?wp-content/plugins/([^/]+)/[^/]+\.php")
_HEAD: Final = 8192  # bytes: where WordPress itself looks for the header
_FIELD: Final = re.compile(rb"^[ \t/*#@]*(Plugin Name|Version|License):([^\r\n]*)", re.MULTILINE)


def read_plugin(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the plugin whose header a file has, by the name of its folder; most files have none."""
    fields: dict[bytes, str] = {}
    for name, value in _FIELD.findall(view.kept[path][:_HEAD]):
        fields.setdefault(name, text(value))
    place = _PLACE.fullmatch(path)
    if place and fields.get(b"Plugin Name") and fields.get(b"Version"):
        yield Claim(
            WORDPRESS.purl_type,
            place[1],
            fields[b"Version"],
            path,
            files=view.give(path.rpartition("/")[0]),
            licences=stated((fields.get(b"License", ""),)),
        )


READER: Final = Reader(
    ecosystem=WORDPRESS.purl_type,
    prepare=lambda view: partial(read_plugin, view),
    endings=(".php",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
