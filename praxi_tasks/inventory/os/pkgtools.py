"""Slackware's pkgtools: a file for each package, named for its release, with a list of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import SLACKWARE
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import as_utf8, lines, owned, path_text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_FOLDERS: Final = ("var/lib/pkgtools/packages/", "var/log/packages/")
# The name may have dashes; version, architecture and build have none.
_RELEASE: Final = re.compile(
    r"(?P<name>[^/]{1,200})-(?P<version>[^/-]{1,100})-(?P<architecture>[^/-]{1,50})-(?P<build>[^/-]{1,50})"
)
_HEAD: Final = b"PACKAGE NAME:"
_LIST: Final = b"FILE LIST:"
_SCRIPTS: Final = "install/"  # what is run on installation, and stays nowhere


def read_package(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package that a file is about.

    Raises
    ------
    DataError
        If the file is not named for a release, or is about none.
    """
    found = _RELEASE.fullmatch(path.rpartition("/")[2])
    if found is None:
        raise DataError("it is not named for a release")
    data = as_utf8(view.kept[path])
    if not data.startswith(_HEAD):
        raise DataError("it names no package")
    yield Claim(
        SLACKWARE.purl_type,
        found["name"],
        f"{found['version']}-{found['build']}",
        path,
        architecture=found["architecture"],
        files=owned(_files(data), len(data)),
    )


def _files(data: bytes) -> Iterator[str]:
    is_listed = False
    for line in lines(data):
        file = path_text(line).removeprefix("./")
        if is_listed and not file.endswith("/") and not file.startswith(_SCRIPTS):
            yield file
        is_listed = is_listed or line.rstrip() == _LIST


READER: Final = Reader(
    ecosystem=SLACKWARE.purl_type,
    prepare=lambda view: partial(read_package, view),
    folders=_FOLDERS,
)
