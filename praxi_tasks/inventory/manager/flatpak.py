"""Flatpak: the folders of installed applications and runtimes, each with its ``metadata``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import FLATPAK
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_METADATA: Final = "/metadata"
_PLACE: Final = re.compile(
    r"(?:.*/)?flatpak/(?:app|runtime)/(?P<id>[^/]+)/(?P<architecture>[^/]+)/(?P<branch>[^/]+)/[0-9a-f]{64}/metadata"
)
_APPLICATION: Final = re.compile(
    r"(?:.*/)?flatpak/app/(?P<id>[^/]+)/[^/]+/[^/]+/[0-9a-f]{64}/files/share/(?:metainfo|appdata)/"
    r"(?P=id)\.(?:metainfo|appdata)\.xml"
)
_DESCRIPTIONS: Final = (".metainfo.xml", ".appdata.xml")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_RELEASE: Final = re.compile(rb"<release\s[^>]*?\bversion=[\"']([^\"'<>]{1,100})[\"']")
_LICENCE: Final = re.compile(rb"<project_license>([^<]{1,500})</project_license>")
_HEAD: Final = 1 << 20


def read_metadata(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield an application or runtime; where no description names its newest release its branch is one."""
    place = _PLACE.fullmatch(path)
    if place is None:
        return
    folder = path.removesuffix(_METADATA)
    description = _description(view, folder, place["id"])
    release, licence = _RELEASE.search(description), _LICENCE.search(description)
    yield Claim(
        FLATPAK.purl_type,
        place["id"],
        text(release[1]) if release else place["branch"],
        path,
        architecture=place["architecture"],
        files=view.give(folder),
        licences=stated((text(licence[1]),)) if licence else (),
    )


def _description(view: LayerView, folder: str, name: str) -> bytes:
    for kind in ("metainfo", "appdata"):
        for ending in _DESCRIPTIONS:
            data = view.kept.get(f"{folder}/files/share/{kind}/{name}{ending}")
            if data is not None:
                return _COMMENT.sub(b"", data[:_HEAD])
    return b""


READER: Final = Reader(
    ecosystem=FLATPAK.purl_type,
    prepare=lambda view: partial(read_metadata, view),
    endings=(_METADATA, *_DESCRIPTIONS),
    accepts=lambda path: bool(_PLACE.fullmatch(path) or _APPLICATION.fullmatch(path)),
    is_database=lambda path: path.endswith(_METADATA),
)
