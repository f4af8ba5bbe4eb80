"""OCaml's opam: the folder of each installed package in a switch is named for its release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import OPAM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PLACE: Final = re.compile(r".*/\.opam-switch/packages/([^/.]+)\.([^/]+)/opam")
_LICENCE: Final = re.compile(rb"^license:\s*(\[[^\]]{1,2000}\]|\"[^\"\n]+\")", re.MULTILINE)
_STRING: Final = re.compile(rb"\"([^\"\n]+)\"")
_HEAD: Final = 1 << 16


def read_package(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release whose folder this is.

    Raises
    ------
    DataError
        If it is not in a switch.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not in a switch")
    licence = _LICENCE.search(view.kept[path][:_HEAD])
    licences = stated(map(text, _STRING.findall(licence[1]))) if licence else ()
    yield Claim(OPAM.purl_type, place[1], place[2], path, licences=licences)


READER: Final = Reader(
    ecosystem=OPAM.purl_type,
    prepare=lambda view: partial(read_package, view),
    endings=("/opam",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
