"""Solus' eopkg: a folder for each package, with what it is and a list of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final
from xml.sax.saxutils import unescape

from praxi_tasks.ecosystems import EOPKG
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = "var/lib/eopkg/package/"
_METADATA: Final = "/metadata.xml"
_FILES: Final = "/files.xml"
_PACKAGE: Final = b"<Package>"  # before it is what it was built from
_UPDATE: Final = re.compile(rb"<Update\s[^<>]{0,200}?\brelease=[\"'](\d{1,9})[\"']")
_PATH: Final = re.compile(rb"<Path>([^<]{1,4096})</Path>")


def read_metadata(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a folder: its newest update is its version.

    Raises
    ------
    DataError
        If it has no name or no version.
    """
    _, _, data = view.kept[path].partition(_PACKAGE)
    update = _UPDATE.search(data)
    name, version = _element(data, b"Name"), _element(data, b"Version", update.end() if update else 0)
    if not name or not version or update is None:
        raise DataError("it has no name or no version")
    listed = view.kept.get(path.removesuffix(_METADATA) + _FILES, b"")
    yield Claim(
        EOPKG.purl_type,
        name,
        f"{version}-{text(update[1])}",
        path,
        architecture=_element(data, b"Architecture"),
        licences=stated((_element(data, b"License"),)),
        source=_element(view.kept[path].partition(_PACKAGE)[0], b"Name"),
        files=owned(_paths(listed), len(listed)),
    )


def _element(data: bytes, name: bytes, start: int = 0) -> str:
    """Return the text of the first element of a name, which has no attributes."""
    begin = data.find(b"<%s>" % name, start)
    end = data.find(b"</", begin)
    return unescape(text(data[begin + len(name) + 2 : end][:1_000])) if begin >= 0 and end >= 0 else ""


def _paths(data: bytes) -> Iterator[str]:
    return (unescape(path_text(found[1])).lstrip("/") for found in _PATH.finditer(data))


READER: Final = Reader(
    ecosystem=EOPKG.purl_type,
    prepare=lambda view: partial(read_metadata, view),
    endings=(_METADATA, _FILES),
    accepts=lambda path: path.startswith(_FOLDER),
    is_database=lambda path: path.endswith(_METADATA),
)
