"""Python's archives: wheels that lie about, and programs in one file (zipapp, shiv, PEX, egg, cx_Freeze).

A wheel is not installed by lying in an image. What is in the others runs from there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ArchiveReader
from praxi_tasks.inventory.binary.zip_members import unpack
from praxi_tasks.inventory.claim import ARCHIVED, Claim
from praxi_tasks.inventory.core_metadata import read_core_metadata
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.oci.layer import FileContent
from praxi_tasks.zip_directory import DAMAGE, count_members

_ZIP: Final = b"PK\x03\x04"
_SCRIPT: Final = b"#!"
_AFTER_SCRIPT: Final = b"\n" + _ZIP
_WHEEL: Final = ".whl"
_LIBRARY: Final = "/library.zip"  # of cx_Freeze and py2exe
_PROGRAMS: Final = (".pyz", ".pyzw", ".pex", ".shiv", ".egg")
_ENDINGS: Final = (_WHEEL, _LIBRARY, *_PROGRAMS)
_METADATA: Final = re.compile(
    r"(?:.*/)?(?:[^/]+\.(?:dist-info/METADATA|egg-info/PKG-INFO)|EGG-INFO/PKG-INFO)"
)
_OF_WHEEL: Final = re.compile(r"[^/]+\.dist-info/METADATA")
_NAME: Final = re.compile(r"(?:.*/)?(?P<name>[^/-]+)-(?P<version>[^/-]+)(?:-[^/-]+){3,4}\.whl/?")
_PEX: Final = "PEX-INFO"
_MOST_METADATA: Final = 4 << 20  # bytes; long descriptions have been seen with hundreds of kilobytes
_MOST_OF_ALL: Final = 64 << 20


class _PexInfo(msgspec.Struct):
    distributions: dict[str, str] = {}


def read_python_archive(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield the distribution that a wheel is, or those that a program in one file has inside.

    Raises
    ------
    DataError
        If it is damaged, or over a limit.
    """
    try:
        file = content.open()
        most = InventoryLimits.from_environment().max_archive_members
        if count_members(file) > most:
            raise DataError(f"it has more than {most:,} members: raise {setting('max_archive_members')}")
        with zipfile.ZipFile(file) as archive:
            yield from _claims(path, archive)
    except DAMAGE as error:
        raise DataError(f"it is damaged: {error}") from None


def _claims(path: str, archive: zipfile.ZipFile) -> Iterator[Claim]:
    is_wheel = path.lower().endswith(_WHEEL)
    pattern = _OF_WHEEL if is_wheel else _METADATA
    found: dict[tuple[str, str], Claim] = {}
    left, broken = _MOST_OF_ALL, ""
    for member in archive.filelist:
        if pattern.fullmatch(member.filename) and left > 0:
            metadata = unpack(archive, member, min(_MOST_METADATA, left))
            left -= len(metadata)
            try:
                claim = read_core_metadata(metadata, path, (path,))
            except DataError as error:
                broken = broken or f"{member.filename}: {error}"
                continue
            found.setdefault((claim.name, claim.version), claim)
    for name, version in () if is_wheel else _named(archive):
        found.setdefault((name, version), Claim(PYPI.purl_type, name, version, path, files=(path,)))
    relation = ARCHIVED if is_wheel else ""
    yield from (msgspec.structs.replace(claim, relation=relation) for claim in found.values())
    if broken:
        raise DataError(broken)


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the releases whose wheels an archive has inside, as PEX's record and the members' names say."""
    names = [member.filename for member in archive.filelist if member.filename.endswith(_WHEEL)]
    if _PEX in archive.NameToInfo:
        record = unpack(archive, archive.NameToInfo[_PEX], _MOST_METADATA)
        names += document(record, _PexInfo, "no record of PEX").distributions
    for name in names:
        if found := _NAME.fullmatch(name):
            yield PYPI.normalise(found["name"]), found["version"].replace("_", "-")


def may_be_python(path: str, head: bytes) -> bool:
    """Return whether a file is an archive of Python's: by its name, or by the script before it."""
    if head.startswith(_SCRIPT):
        return _AFTER_SCRIPT in head or path.lower().endswith(_PROGRAMS)
    return f"/{path.lower()}".endswith(_ENDINGS)


READER: Final = ArchiveReader(
    name="directory",
    ecosystem=PYPI.purl_type,
    heads=(_ZIP, _SCRIPT),
    endings=_ENDINGS,
    read=read_python_archive,
    accepts=may_be_python,
)
