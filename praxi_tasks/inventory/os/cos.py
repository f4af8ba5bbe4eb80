"""Google's Container-Optimized OS: a list of the ebuilds that an image was made from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import msgspec

from praxi_tasks.ecosystems import EBUILD
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.reader import Reader

_PATH: Final = "etc/cos-package-info.json"


class _Package(msgspec.Struct, rename="camel"):
    category: str = ""
    name: str = ""
    version: str = ""
    ebuild_version: str = ""


class _Packages(msgspec.Struct, rename="camel"):
    installed_packages: list[_Package]


def read_packages(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the installed packages of a list.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for package in document(view.kept[path], _Packages, "no list of packages").installed_packages:
        name = f"{package.category}/{package.name}" if package.category else package.name
        yield Claim(EBUILD.purl_type, name, package.ebuild_version or package.version, path)


READER: Final = Reader(
    ecosystem=EBUILD.purl_type,
    prepare=lambda view: partial(read_packages, view),
    paths=frozenset({_PATH}),
)
