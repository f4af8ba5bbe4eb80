""".NET assemblies, and programs and libraries for Windows, by their own metadata and version resource.

An assembly is named as its package is, nearly always. What its publisher calls the product's version is the
package's; .NET Core's own assemblies have another, the runtime's, so that the file's version counts there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from praxi_tasks.ecosystems import GENERIC, NUGET
from praxi_tasks.inventory.binary.clr_metadata import is_assembly, read_assembly
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.binary.version_resource import read_version_texts
from praxi_tasks.inventory.claim import Claim

_VERSION: Final = re.compile(r"v?(\d+(?:\.\d+){1,3}(?:-[\w.-]+)?)")
_PUBLISHED: Final = ("ProductVersion", "FileVersion")
_OF_RUNTIME: Final = "Microsoft® .NET Core"
_NAMES: Final = ("ProductName", "FileDescription", "InternalName", "OriginalFilename")
_FILE_NAMES: Final = ("FileDescription", "InternalName", "OriginalFilename", "ProductName")
_MICROSOFT: Final = "Microsoft"  # whose products are Windows and Visual Studio, whatever the file is
_MARKS: Final = re.compile(r"[®™©]")
_ENDING: Final = re.compile(r"\.(?:dll|exe)$", re.IGNORECASE)


def read_versions(program: Program) -> Iterator[Claim]:
    """Yield the package that an assembly is of, or the product that another PE file is of."""
    if program.format != "pe":
        return
    texts = read_version_texts(program)
    if is_assembly(program):
        found = _assembly(program, texts)
    else:
        found = GENERIC.purl_type, _product(texts), _said_version(texts)
    if found is not None and found[1] and found[2]:
        yield Claim(*found, program.path, files=(program.path,))


def _assembly(program: Program, texts: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return the package of an assembly; one that holds nothing but translations is none of its own."""
    assembly = read_assembly(program)
    if assembly is None or assembly.culture:
        return None
    known = assembly.version if _tells(assembly.version) else ""
    return NUGET.purl_type, assembly.name, _said_version(texts) or known


def _said_version(texts: Mapping[str, str]) -> str:
    names = _PUBLISHED[::-1] if texts.get("ProductName") == _OF_RUNTIME else _PUBLISHED
    versions = (_VERSION.match(texts.get(name, "").strip()) for name in names)
    return next((found[1] for found in versions if found and _tells(found[1])), "")


def _tells(version: str) -> bool:
    """Return whether a version is one: compilers write zeros where nobody gave any."""
    return bool(version.strip("0."))


def _product(texts: Mapping[str, str]) -> str:
    names = _FILE_NAMES if texts.get("CompanyName", "").startswith(_MICROSOFT) else _NAMES
    said = (" ".join(_MARKS.sub("", texts.get(name, "")).split()) for name in names)
    return _ENDING.sub("", next(filter(None, said), ""))


READER: Final = ProgramReader(name="version resource", read=read_versions)
