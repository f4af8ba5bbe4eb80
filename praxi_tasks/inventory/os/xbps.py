"""Void Linux's xbps: a property list of all packages, and one of the files of each."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from functools import partial
from typing import Any, Final
from xml.parsers.expat import ExpatError

from praxi_tasks.ecosystems import XBPS
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import owned
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = "var/db/xbps/"
_PACKAGES: Final = f"{_FOLDER}pkgdb-"
_LISTED: Final = ("files", "conf_files", "links")
_INSTALLED: Final = ("installed", "unpacked")
_MOST_BYTES: Final = 32 << 20  # a list of all packages has some megabytes


def read_packages(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of a list; those that were only begun are none.

    Raises
    ------
    DataError
        If it is no such property list.
    """
    for package in _property_list(view.kept[path]).values():
        release = package.get("pkgver") if isinstance(package, dict) else None
        if not isinstance(release, str) or package.get("state") not in _INSTALLED:
            continue
        name, _, version = release.rpartition("-")
        licence = str(package.get("license", ""))
        yield Claim(
            XBPS.purl_type,
            name,
            version,
            path,
            architecture=str(package.get("architecture", "")),
            licences=stated((licence,)),
            files=_owned(view, name),
        )


def _owned(view: LayerView, name: str) -> tuple[str, ...]:
    """Return the files of a package; a damaged list of them is a problem of its own."""
    path = f"{_FOLDER}.{name}-files.plist"
    data = view.kept.get(path)
    if data is None:
        return ()
    try:
        lists = _property_list(data)
    except DataError as error:
        view.report(path, str(error))
        return ()
    entries = (entry for kind in _LISTED for entry in _sequence(lists.get(kind)))
    files = (entry.get("file") for entry in entries if isinstance(entry, dict))
    return owned((file.lstrip("/") for file in files if isinstance(file, str)), len(data))


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _property_list(data: bytes) -> dict[str, Any]:
    if len(data) > _MOST_BYTES:
        raise DataError("it is far larger than any list of packages")
    try:
        found = plistlib.loads(data, fmt=plistlib.FMT_XML)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        raise DataError(f"it is no property list: {error}") from None
    if not isinstance(found, dict):
        raise DataError("it is no list of packages")
    return found


READER: Final = Reader(
    ecosystem=XBPS.purl_type,
    prepare=lambda view: partial(read_packages, view),
    folders=(_FOLDER,),
    is_database=lambda path: path.startswith(_PACKAGES),
)
