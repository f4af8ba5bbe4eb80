"""GraalVM's native images: Java programs compiled to one file, in which an SBOM may be.

Oracle's builder leaves a compressed CycloneDX document in the data (GraalVM's security guide); any builder
its own version, in the heap that it made beforehand.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import GENERIC, MAVEN
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.java_groups import known_group
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.json_decoding import decode_shallow

_HEAPS: Final = (".svm_heap", "__svm_heap", ".svm_hea")  # a PE file's names have eight letters
_DATA: Final = frozenset({".data", "__data"})
_TEXTS: Final = (
    ("graalvm", re.compile(rb"com\.oracle\.svm\.core\.VM=[ -~]{0,40}?GraalVM [ -~]{0,8}?(\d[\w.+-]*)")),
    ("openjdk", re.compile(rb"com\.oracle\.svm\.core\.VM\.Java\.Version=(\d[\w.+-]*)")),
)
_OVERLAP: Final = 256
_GZIP: Final = b"\x1f\x8b\x08"
_BEGINNING: Final = b'"bomFormat"'
_HEAD: Final = 512  # bytes in which a document says of what format it is
_MOST_TRIED: Final = 64
_MOST_DATA: Final = 64 << 20
_MOST_DOCUMENT: Final = 32 << 20
_NAME: Final = re.compile(r"[\w.-]+")


class _Component(msgspec.Struct):
    name: str = ""
    version: str = ""
    group: str = ""


class _Document(msgspec.Struct):
    components: list[_Component] = []


def read_native_image(program: Program) -> Iterator[Claim]:
    """Yield what a native image was built with, and the libraries that its SBOM lists.

    Raises
    ------
    DataError
        If its SBOM is damaged.
    """
    if program.find(*_HEAPS) is None:
        return
    found: dict[str, str] = {}
    for window in program.windows(_OVERLAP):
        for name, pattern in _TEXTS:
            if name not in found and (match := pattern.search(window)):
                found[name] = match[1].decode()
        if len(found) == len(_TEXTS):
            break
    for name, version in found.items():
        yield Claim(GENERIC.purl_type, name, version, program.path, files=(program.path,))
    for section in program.named(_DATA):
        for group, name, version in _libraries(program.read(section, _MOST_DATA)):
            yield Claim(MAVEN.purl_type, f"{group}:{name}", version, program.path, files=(program.path,))


def _libraries(data: bytes) -> Iterator[tuple[str, str, str]]:
    place = data.find(_GZIP)
    for _ in range(_MOST_TRIED):
        if place < 0:
            return
        if _begins_document(data[place : place + _HEAD]):
            yield from decode_document(data[place:])
            return
        place = data.find(_GZIP, place + 1)


def _begins_document(packed: bytes) -> bool:
    try:
        return _BEGINNING in zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed, _HEAD)
    except zlib.error:
        return False


def decode_document(packed: bytes) -> list[tuple[str, str, str]]:
    """Return the groups, names and versions of the libraries that a compressed SBOM lists.

    Raises
    ------
    DataError
        If it is damaged, or far larger than any.
    """
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = unpacking.decompress(packed, _MOST_DOCUMENT)
        if not unpacking.eof:
            raise DataError("its SBOM is cut off, or too long")
        components = decode_shallow(text, _Document).components
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"its SBOM can't be read: {error}") from None
    return [
        (known_group(one.name) or _group(one), one.name, one.version)
        for one in components
        if _NAME.fullmatch(one.name) and one.version
    ]


def _group(component: _Component) -> str:
    """Return the group of a library; a vendor's name, as manifests have it, is none."""
    return component.group if _NAME.fullmatch(component.group) else component.name


READER: Final = ProgramReader(name="SBOM", read=read_native_image)
