"""Arch Linux's pacman: a folder for each package, with its description and its list of files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import ALPM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned, path_text, text, unix_lines
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = "var/lib/pacman/local/"
_DESCRIPTION: Final = "/desc"
_FILES: Final = "/files"


def read_description(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the package of a description.

    Raises
    ------
    DataError
        If it lacks a name or a version.
    """
    sections = _sections(view.kept[path])
    name, version = _first(sections, b"NAME"), _first(sections, b"VERSION")
    if not name or not version:
        raise DataError("it has no name or no version")
    source = _first(sections, b"BASE")
    yield Claim(
        ALPM.purl_type,
        name,
        version,
        path,
        architecture=_first(sections, b"ARCH"),
        source=source,
        source_version=version if source else "",
        files=_owned(view, path.removesuffix(_DESCRIPTION) + _FILES),
        licences=stated(map(text, sections.get(b"LICENSE", ()))),
    )


def _sections(data: bytes) -> dict[bytes, list[bytes]]:
    """Return the lines below each ``%HEADING%``."""
    sections: dict[bytes, list[bytes]] = {}
    lines: list[bytes] = []
    for line in unix_lines(data):
        if line.startswith(b"%") and line.endswith(b"%") and len(line) > 2:
            lines = sections.setdefault(line[1:-1], [])
        elif line:
            lines.append(line)
    return sections


def _first(sections: dict[bytes, list[bytes]], name: bytes) -> str:
    return text(sections.get(name, [b""])[0]) if sections.get(name) else ""


def _owned(view: LayerView, path: str) -> tuple[str, ...]:
    data = view.kept.get(path)
    if data is None:
        return ()
    listed = _sections(data).get(b"FILES", ())
    return owned((path_text(line) for line in listed if not line.endswith(b"/")), len(data))


READER: Final = Reader(
    ecosystem=ALPM.purl_type,
    prepare=lambda view: partial(read_description, view),
    folders=(_FOLDER,),
    is_database=lambda path: path.endswith(_DESCRIPTION),
)
