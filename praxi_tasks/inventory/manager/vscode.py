"""Visual Studio Code and its kin, such as code-server: the list of extensions that were installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import VSCODE
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FILE: Final = "/extensions/extensions.json"
_PLACE: Final = re.compile(
    r"(?:.*/)?(?:\.?[\w-]*(?:vscode|code-server|openvscode|vscodium|cursor)[\w-]*|code)/(?:data/)?extensions/extensions\.json"
)


class _Identifier(msgspec.Struct):
    id: str = ""


class _Extension(msgspec.Struct, rename="camel"):
    identifier: _Identifier = msgspec.field(default_factory=_Identifier)
    version: str = ""
    relative_location: str = ""


def read_extensions(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the extensions of a list, each of which has a folder beside it.

    Raises
    ------
    DataError
        If it is no such JSON array.
    """
    folder = path.rpartition("/")[0]
    for extension in document(view.kept[path], list[_Extension], "no list of extensions"):
        publisher, _, name = extension.identifier.id.partition(".")
        if name and extension.version:
            place = extension.relative_location
            files = view.give(f"{folder}/{place}") if place and "/" not in place else ()
            yield Claim(VSCODE.purl_type, f"{publisher}/{name}", extension.version, path, files=files)


READER: Final = Reader(
    ecosystem=VSCODE.purl_type,
    prepare=lambda view: partial(read_extensions, view),
    endings=(_FILE,),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
