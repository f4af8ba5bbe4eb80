"""Bitnami: the SPDX document of each application below ``/opt/bitnami``, and the list of older images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final
from urllib.parse import unquote

import msgspec

from praxi_tasks.ecosystems import BITNAMI
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_PURL: Final = re.compile(rf"pkg:{BITNAMI.purl_type}/([^/@?#]+)@([^?#]+)")
_HOME: Final = "opt/bitnami"
_LIST: Final = f"{_HOME}/.bitnami_components.json"
_PLACE: Final = re.compile(r"(opt/bitnami(?:/[^/]+)*)/\.spdx-[^/]+\.spdx")


class _Reference(msgspec.Struct):
    locator: str = msgspec.field(default="", name="referenceLocator")


class _Package(msgspec.Struct):
    licence: str = msgspec.field(default="", name="licenseConcluded")
    references: list[_Reference] = msgspec.field(default_factory=list, name="externalRefs")


class _Document(msgspec.Struct):
    packages: list[_Package] = []


class _Component(msgspec.Struct):
    version: str = ""


def read_record(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the applications that a record of Bitnami's names.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    yield from (read_list if path == _LIST else read_document)(view, path)


def read_list(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the applications of an image's list; a layer of its own may hold them.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for name, component in document(view.kept[path], dict[str, _Component], "no list of components").items():
        if name and component.version:
            yield Claim(BITNAMI.purl_type, name, component.version, path, files=_files(view, name))


def _files(view: LayerView, name: str) -> tuple[str, ...]:
    """Return the files of an application on a list; those of one with a document are that one's."""
    folder = f"{_HOME}/{name}"
    if any(path.startswith(f"{folder}/.spdx-") for path in view.kept):
        return ()
    return view.give(folder)


def read_document(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the applications that a document describes by Bitnami's package URLs.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    described = document(view.kept[path], _Document, "no SPDX document")
    place = _PLACE.fullmatch(path)
    for package in described.packages:
        for release in filter(None, map(_release, package.references)):
            yield Claim(
                BITNAMI.purl_type,
                *release,
                path,
                files=view.give(place[1]) if place and place[1] != _HOME else (),
                licences=stated((package.licence,)),
            )


def _release(reference: _Reference) -> tuple[str, str] | None:
    """Return the name and the version of a package URL of Bitnami's."""
    purl = _PURL.match(reference.locator)
    return (unquote(purl[1]), unquote(purl[2])) if purl else None


READER: Final = Reader(
    ecosystem=BITNAMI.purl_type,
    prepare=lambda view: partial(read_record, view),
    paths=frozenset({_LIST}),
    endings=(".spdx",),
    accepts=lambda path: _PLACE.fullmatch(path) is not None,
)
