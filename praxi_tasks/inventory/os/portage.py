"""Gentoo's Portage: a folder for each package, named for its release, with a list of its contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import EBUILD
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_CONTENTS: Final = "/CONTENTS"
_LICENCE: Final = "/LICENSE"
# Package Manager Specification 8, section 3: names and versions.
_PLACE: Final = re.compile(
    r"var/db/pkg/([\w+][\w+.-]*)/([\w+][\w+-]*?)"
    r"-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)/CONTENTS"
)


def read_contents(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the release whose folder this is.

    Raises
    ------
    DataError
        If the folder's name is none of a release.
    """
    place = _PLACE.fullmatch(path)
    if place is None:
        raise DataError("its folder is not named for a release")
    data = view.kept[path]
    licence = view.kept.get(path.removesuffix(_CONTENTS) + _LICENCE, b"")
    yield Claim(
        EBUILD.purl_type,
        f"{place[1]}/{place[2]}",
        place[3],
        path,
        files=owned(_files(data), len(data)),
        licences=stated((text(licence),)),
    )


def _files(data: bytes) -> Iterator[str]:
    """Yield the files (``obj PATH MD5 MTIME``) and links (``sym PATH -> TARGET MTIME``) of a list."""
    for line in unix_lines(data):
        if line.startswith(b"obj "):
            yield path_text(line[4:].rsplit(b" ", 2)[0]).lstrip("/")
        elif line.startswith(b"sym "):
            yield path_text(line[4:].partition(b" -> ")[0]).lstrip("/")


READER: Final = Reader(
    ecosystem=EBUILD.purl_type,
    prepare=lambda view: partial(read_contents, view),
    endings=(_CONTENTS, _LICENCE),
    accepts=lambda path: path.startswith("var/db/pkg/"),
    is_database=lambda path: path.endswith(_CONTENTS),
)
