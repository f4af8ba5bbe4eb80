"""Chrome and its kin: the extensions of a profile, in folders named for their identity and version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CHROME
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/manifest.json"
_PLACE: Final = re.compile(r"(?:.*/)?Extensions/([a-p]{32})/\d[\d.]*_\d+/manifest\.json")


class _Manifest(msgspec.Struct):
    version: str = ""
    manifest_version: int = 0


def read_manifest(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the extension of a folder, which is called as the store calls it.

    Raises
    ------
    DataError
        If it is no manifest of an extension.
    """
    place = _PLACE.fullmatch(path)
    manifest = document(view.kept[path], _Manifest, "no manifest of an extension")
    if place is None or not manifest.manifest_version or not manifest.version:
        raise DataError("it is no manifest of an extension, or has no version")
    yield Claim(CHROME.purl_type, place[1], manifest.version, path, files=view.give(path.removesuffix(_FILE)))


READER: Final = Reader(
    ecosystem=CHROME.purl_type,
    prepare=lambda view: partial(read_manifest, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
