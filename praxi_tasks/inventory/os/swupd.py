"""Clear Linux's swupd: a file for each installed bundle, all of them of the system's version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import SWUPD
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.os import os_release
from praxi_tasks.inventory.reader import ReadDatabase, Reader

_FOLDER: Final = "usr/share/clear/bundles/"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,200}", re.ASCII)
_VERSION: Final = re.compile(rb"^VERSION_ID=[\"']?(\d{1,9})[\"']?$", re.MULTILINE)


def _prepare(view: LayerView) -> ReadDatabase:
    contents = (view.kept.get(path, b"") for path in os_release.PATHS)
    found = next(filter(None, map(_VERSION.search, contents)), None)
    version = found[1].decode() if found else ""

    def read(path: str) -> Iterator[Claim]:
        name = path.removeprefix(_FOLDER)
        if not _NAME.fullmatch(name):
            raise DataError("it is not named for a bundle")
        if not version:
            raise DataError("its version is not known: no os-release beside it says the system's")
        yield Claim(SWUPD.purl_type, name, version, path)

    return read


READER: Final = Reader(
    ecosystem=SWUPD.purl_type,
    prepare=_prepare,
    folders=(_FOLDER,),
    is_database=lambda path: not path.startswith(f"{_FOLDER}."),
)
