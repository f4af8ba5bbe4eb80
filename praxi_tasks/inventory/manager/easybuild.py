"""EasyBuild: the recipe that it leaves in the folder of each program that it built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import EASYBUILD
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = ".eb"
# Recipes of others, that reproduce a build, lie deeper.
_PLACE: Final = re.compile(r"((?:.*/)?[^/]+/[^/]+)/easybuild/[^/]+\.eb")
_FIELD: Final = re.compile(rb"""^(name|version)[ \t]*=[ \t]*(["'])([^"'\r\n%]{1,400})\2""", re.MULTILINE)
_HEAD: Final = 1 << 18


def read_recipe(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the program that a recipe built.

    Raises
    ------
    DataError
        If it states no name or no version, which a recipe may also compute.
    """
    fields: dict[bytes, str] = {}
    for name, _, value in _FIELD.findall(view.kept[path][:_HEAD]):
        fields[name] = text(value)
    place = _PLACE.fullmatch(path)
    if place is None or not fields.get(b"name") or not fields.get(b"version"):
        raise DataError("it states no name or no version")
    files = view.give(place[1])
    yield Claim(EASYBUILD.purl_type, fields[b"name"], fields[b"version"], path, files=files)


READER: Final = Reader(
    ecosystem=EASYBUILD.purl_type,
    prepare=lambda view: partial(read_recipe, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
