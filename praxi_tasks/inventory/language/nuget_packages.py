""".NET: the folders into which NuGet unpacks packages, for builds and for tools, each with a ``nuspec``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import NUGET
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import as_utf8, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FILE: Final = ".nuspec"
# Packages lie in folders that are named for their releases; elsewhere a nuspec says how to make one.
_PLACE: Final = re.compile(r"((?:.*/)?([^/]+)/\d[^/]*)/\2\.nuspec")
_HEAD: Final = 1 << 16
_ID: Final = re.compile(rb"<id>\s{0,100}([^<>\s]{1,400})\s{0,100}</id>")
_VERSION: Final = re.compile(rb"<version>\s{0,100}([^<>\s]{1,400})\s{0,100}</version>")
_LICENCE: Final = re.compile(rb"""<license type=["']expression["']>([^<>]{1,400})</license>""")


def read_nuspec(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield an unpacked package.

    Raises
    ------
    DataError
        If it says no name or no version.
    """
    data = as_utf8(view.kept[path])[:_HEAD]
    place, name, version = _PLACE.fullmatch(path), _ID.search(data), _VERSION.search(data)
    if place is None or name is None or version is None:
        raise DataError("it says no name or no version")
    licence = _LICENCE.search(data)
    yield Claim(
        NUGET.purl_type,
        text(name[1]),
        text(version[1]).partition("+")[0],
        path,
        files=view.give(place[1]),
        licences=stated((text(licence[1]),)) if licence else (),
    )


READER: Final = Reader(
    ecosystem=NUGET.purl_type,
    prepare=lambda view: partial(read_nuspec, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
