"""C and C++ with Conan: packages in its cache, whose folders are named for their releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import CONAN
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/conaninfo.txt"
_PLACE: Final = re.compile(r"(?:.*/)?data/([^/]+)/([^/]+)/[^/]+/[^/]+/package/[0-9a-f]{40}/conaninfo\.txt")


def read_info(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release whose package this is.

    Raises
    ------
    DataError
        If it is not in Conan's cache.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not in Conan's cache")
    yield Claim(CONAN.purl_type, place[1], place[2], path, files=view.give(path.removesuffix(_FILE)))


READER: Final = Reader(
    ecosystem=CONAN.purl_type,
    prepare=lambda view: partial(read_info, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
