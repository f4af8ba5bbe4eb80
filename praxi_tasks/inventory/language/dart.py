"""Dart: packages in pub's cache, whose folders are named for their releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import PUB
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_PLACE: Final = re.compile(r"(?:.*/)?hosted/[^/]+/([a-z_][a-z0-9_]*)-(\d[^/]*)/pubspec\.yaml")


def read_pubspec(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release whose folder this is.

    Raises
    ------
    DataError
        If it is not in pub's cache.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not in pub's cache")
    yield Claim(PUB.purl_type, place[1], place[2], path, files=view.give(path.rpartition("/")[0]))


READER: Final = Reader(
    ecosystem=PUB.purl_type,
    prepare=lambda view: partial(read_pubspec, view),
    endings=("/pubspec.yaml",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
