"""PHP's Composer: ``installed.json`` has all packages of an application."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import msgspec

from praxi_tasks.ecosystems import COMPOSER
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.licences import stated
from praxi_tasks.inventory.reader import Form, Reader

_OTHER: Final = "no list of packages"


class _Package(msgspec.Struct):
    name: str = ""
    version: str = ""
    license: Any = None
    install_path: str | None = msgspec.field(default=None, name="install-path")


class _Installed(msgspec.Struct):
    packages: list[_Package]


def read_installed(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of an ``installed.json`` of Composer 2, or of Composer 1, which is a list.

    Raises
    ------
    DataError
        If it is neither.
    """
    for package in _packages(view.kept[path]):
        if not package.name or not package.version:
            view.report(path, f"a package without name or version: {package.name[:60]!r}")
            continue
        yield Claim(
            COMPOSER.purl_type,
            COMPOSER.normalise(package.name),
            package.version,
            path,
            files=view.give(_folder(path, package)),
            licences=stated((_licences(package.license),)),
        )


def _packages(data: bytes) -> list[_Package]:
    if data.lstrip().startswith(b"["):
        return document(data, list[_Package], _OTHER)
    return document(data, _Installed, _OTHER).packages


def _folder(path: str, package: _Package) -> str:
    """Return the folder of a package; Composer 1 says of none where it is."""
    place = package.install_path or f"../{package.name}"
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
    vendor = posixpath.dirname(posixpath.dirname(path))
    return folder if folder.startswith(f"{vendor}/") else ""


def _licences(given: Any) -> str:
    """Return what is to be chosen from: Composer lists alternatives."""
    several = given if isinstance(given, list) else [given]
    return " OR ".join(name for name in several if isinstance(name, str) and name)


READER: Final = Reader(
    ecosystem=COMPOSER.purl_type,
    prepare=lambda view: partial(read_installed, view),
    endings=("/composer/installed.json",),
    forms=(Form(heads=(b"{", b"["), marks=(b'"packages"', b'"version_normalized"'), most=16 << 20),),
)
