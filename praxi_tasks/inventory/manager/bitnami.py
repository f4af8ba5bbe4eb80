"""Bitnami: the SPDX document of each application below ``/opt/bitnami``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec
from packageurl import PackageURL

from praxi_tasks.ecosystems import BITNAMI
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.json_decoding import decode_shallow

_PLACE: Final = re.compile(r"(opt/bitnami(?:/[^/]+)*)/\.spdx-[^/]+\.spdx")


class _Reference(msgspec.Struct):
    locator: str = msgspec.field(default="", name="referenceLocator")


class _Package(msgspec.Struct):
    licence: str = msgspec.field(default="", name="licenseConcluded")
    references: list[_Reference] = msgspec.field(default_factory=list, name="externalRefs")


class _Document(msgspec.Struct):
    packages: list[_Package] = []


def read_document(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the applications that a document describes by Bitnami's package URLs.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    try:
        document = decode_shallow(view.kept[path], _Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"it is no SPDX document: {error}") from None
    place = _PLACE.fullmatch(path)
    for package in document.packages:
        for purl in filter(None, map(_purl, package.references)):
            yield Claim(
                BITNAMI.purl_type,
                purl.name,
                purl.version or "",
                path,
                files=view.give(place[1]) if place and place[1] != "opt/bitnami" else (),
                licences=stated((package.licence,)),
            )


def _purl(reference: _Reference) -> PackageURL | None:
    if not reference.locator.startswith(f"pkg:{BITNAMI.purl_type}/"):
        return None
    try:
        purl = PackageURL.from_string(reference.locator)
    except ValueError:
        return None
    return purl if purl.version else None


READER: Final = Reader(
    ecosystem=BITNAMI.purl_type,
    prepare=lambda view: partial(read_document, view),
    endings=(".spdx",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
