"""Snap: the ``snap.yaml`` of an unpacked snap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import SNAP
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/meta/snap.yaml"
_FIELD: Final = re.compile(rb"^(name|version|license):[ \t]*([^\r\n#]+)", re.MULTILINE)


def read_snap(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield a snap.

    Raises
    ------
    DataError
        If it has no name or no version.
    """
    fields: dict[bytes, str] = {}
    for name, value in _FIELD.findall(view.kept[path]):
        fields.setdefault(name, text(value).strip("'\""))
    if not fields.get(b"name") or not fields.get(b"version"):
        raise DataError("it has no name or no version")
    yield Claim(
        SNAP.purl_type,
        fields[b"name"],
        fields[b"version"],
        path,
        files=view.give(path.removesuffix(_FILE)),
        licences=stated((fields.get(b"license", ""),)),
    )


READER: Final = Reader(
    ecosystem=SNAP.purl_type, prepare=lambda view: partial(read_snap, view), endings=(_FILE,)
)
