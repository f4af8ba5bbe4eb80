"""R's ``renv.lock`` and, of before it, ``packrat.lock``: the packages of CRAN and Bioconductor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from praxi_tasks.ecosystems import BIOCONDUCTOR, CRAN
from praxi_tasks.inventory.decoding import as_utf8, document
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.reader import Reader
from praxi_tasks.inventory.stanzas import read_stanzas

_SOURCES: Final = {"Repository": CRAN, "CRAN": CRAN, "Bioconductor": BIOCONDUCTOR}

_FIELDS: Final = frozenset((b"package", b"source", b"version"))


class _Package(msgspec.Struct):
    Package: str = ""
    Version: str = ""
    Source: Any = ""


class _Lock(msgspec.Struct):
    Packages: dict[str, _Package] = {}


def read_renv_lock(data: bytes) -> Iterator[Pin]:
    """Yield what renv locked of the two repositories.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for package in document(data, _Lock, "no lock file of renv").Packages.values():
        row = _SOURCES.get(package.Source) if isinstance(package.Source, str) else None
        if row is not None:
            yield Pin(package.Package, package.Version, row)


def read_packrat_lock(data: bytes) -> Iterator[Pin]:
    """Yield what packrat locked of the two repositories."""
    for fields in read_stanzas(as_utf8(data), _FIELDS):
        if row := _SOURCES.get(fields.get("source", "")):
            yield Pin(fields.get("package", ""), fields.get("version", ""), row)


READER: Final[Reader] = lock_reader(CRAN, {"renv.lock": read_renv_lock, "packrat.lock": read_packrat_lock})
