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
_PLACE: Final = re.compile(r"((?:.*/)?([^/]+)/[^/]+)/easybuild/([^/]+)\.eb")
_FIELD: Final = re.compile(rb"""^(name|version)[ \t]*=[ \t]*(["'])([^"'\r\n%]{1,400})\2""", re.MULTILINE)
_HEAD: Final = 1 << 18


def read_recipe(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the program that a recipe built.

    Raises
    ------
    DataError
        If it states no name or no version, nor its own name does: a recipe may also compute them.
    """
    fields: dict[bytes, str] = {}
    for name, _, value in _FIELD.findall(view.kept[path][:_HEAD]):
        fields[name] = text(value)
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("it is not where EasyBuild leaves one")
    name = fields.get(b"name") or place[2]  # software/<name>/<version>/easybuild/<name>-<version>-<how>.eb
    version = fields.get(b"version") or _version_of(place[3], name)
    if not version:
        raise DataError("it states no name or no version")
    yield Claim(EASYBUILD.purl_type, name, version, path, files=view.give(place[1]))


def _version_of(stem: str, name: str) -> str:
    """Return the version that the name of a recipe says; nothing where it is another's."""
    said = stem.removeprefix(f"{name}-").partition("-")[0]
    return said if said != stem and said[:1].isdigit() else ""


READER: Final = Reader(
    ecosystem=EASYBUILD.purl_type,
    prepare=lambda view: partial(read_recipe, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
