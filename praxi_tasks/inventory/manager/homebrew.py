"""Homebrew: the folders of its cellar are named for their releases, each with a receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import BREW
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/INSTALL_RECEIPT.json"
_PLACE: Final = re.compile(r"(?:.*/)?Cellar/([^/]+)/([^/]+)/INSTALL_RECEIPT\.json")


def read_receipt(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release whose folder this is.

    Raises
    ------
    DataError
        If it is not in a cellar.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not in a cellar")
    yield Claim(BREW.purl_type, place[1], place[2], path, files=view.give(path.removesuffix(_FILE)))


READER: Final = Reader(
    ecosystem=BREW.purl_type,
    prepare=lambda view: partial(read_receipt, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
