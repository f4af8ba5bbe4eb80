"""Haskell: the registrations that GHC looks packages up in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import HACKAGE
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_PLACE: Final = re.compile(r"(?:.*/)?package\.(?:conf\.d|db)/[^/]+\.conf")
_FIELDS: Final = frozenset((b"name", b"version", b"license"))


def read_registration(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a registration.

    Raises
    ------
    DataError
        If it names no package and version.
    """
    fields = next(read_stanzas(view.kept[path], _FIELDS), {})
    if not fields.get("name") or not fields.get("version"):
        raise DataError("it names no package or no version")
    licences = stated((fields.get("license", ""),))
    yield Claim(HACKAGE.purl_type, fields["name"], fields["version"], path, licences=licences)


READER: Final = Reader(
    ecosystem=HACKAGE.purl_type,
    prepare=lambda view: partial(read_registration, view),
    endings=(".conf",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
