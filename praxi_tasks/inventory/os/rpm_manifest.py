"""The lists of packages in Azure Linux's (CBL-Mariner's) distroless images, which have no rpm database.

``container-manifest-2`` is what ``rpm -qa`` wrote, a package a line, its fields parted by tabs: name,
version-release, times of installation and build, vendor, epoch, size, architecture, epoch as a number,
source.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from praxi_tasks.ecosystems import RPM
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.layer_view import LayerView
from praxi_tasks.inventory.os.rpm import KEY, split_source
from praxi_tasks.inventory.reader import Reader

_PATHS: Final = frozenset({"var/lib/rpmmanifest/container-manifest-2"})
_NAME, _VERSION, _ARCHITECTURE, _EPOCH, _SOURCE = 0, 1, 7, 8, 9
_FIELDS: Final = 10


def read_list(view: LayerView, path: str) -> Iterator[Claim]:
    """Yield the packages of a list; a line that is none is reported."""
    for line in view.kept[path].splitlines():
        fields = [text(field) for field in line.split(b"\t")]
        if not any(fields):
            continue
        if len(fields) < _FIELDS or not fields[_NAME] or not fields[_VERSION]:
            view.report(path, f"a line that names no package: {line[:60]!r}")
        elif fields[_NAME] != KEY:
            yield _claim(path, fields)


def _claim(path: str, fields: list[str]) -> Claim:
    epoch = fields[_EPOCH] if fields[_EPOCH].isdecimal() and fields[_EPOCH].strip("0") else ""
    source, source_version = split_source(fields[_SOURCE])
    return Claim(
        ecosystem=RPM.purl_type,
        name=fields[_NAME],
        version=f"{epoch}:{fields[_VERSION]}" if epoch else fields[_VERSION],
        database=path,
        architecture=fields[_ARCHITECTURE],
        source=source,
        source_version=source_version,
    )


READER: Final = Reader(ecosystem=RPM.purl_type, prepare=lambda view: partial(read_list, view), paths=_PATHS)
