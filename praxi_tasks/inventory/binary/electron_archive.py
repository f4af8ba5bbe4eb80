"""Electron's archives (asar): an index of all files in JSON, and their bytes after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import NPM
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ArchiveReader
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.inventory.decoding import document
from praxi_tasks.inventory.limits import InventoryLimits, setting
from praxi_tasks.inventory.npm_manifest import Manifest, claimed
from praxi_tasks.oci.layer import FileContent

_HEAD: Final = b"\x04\0\0\0"  # the length of the number after it
_ENDING: Final = ".asar"
_SIZES: Final = 16  # bytes of the four numbers before the index
_MOST_INDEX: Final = 32 << 20
_MOST_MANIFEST: Final = 1 << 20
_MANIFEST: Final = "package.json"
_OFFSET_DIGITS: Final = 16
# Others in a package's folder are its templates and test data.
_PACKAGE: Final = re.compile(
    r"(?:(?!node_modules/)[^/]+/)*(?:node_modules/(?:@[^/]+/)?[^/.@][^/]*/)+package\.json"
)


class _Node(msgspec.Struct):
    """A file, or a folder where it has ``files``; ``unpacked`` ones lie beside the archive."""

    files: dict[str, _Node] | None = None
    size: int = 0
    offset: str = ""
    unpacked: bool = False


def read_electron_archive(path: str, content: FileContent) -> Iterator[Claim]:
    """Yield the packages of npm that an application has inside.

    Raises
    ------
    DataError
        If its index is damaged, or over a limit.
    """
    sizes = content.read(0, _SIZES)
    numbers = [int.from_bytes(sizes[place : place + 4], "little") for place in range(0, _SIZES, 4)]
    _, index_size, _, length = numbers
    if len(sizes) < _SIZES or length > _MOST_INDEX or _SIZES + length > content.size:
        raise DataError("its index is cut off, or far larger than any")
    root = document(content.read(_SIZES, length), _Node, "no index of an archive")
    for name, node in _manifests(root):
        data = content.read(8 + index_size + _offset(node), min(node.size, _MOST_MANIFEST))
        manifest = document(data, Manifest, f"damaged: {name} is no package manifest")
        yield from claimed(manifest, path, (path,))


def _manifests(root: _Node) -> Iterator[tuple[str, _Node]]:
    """Yield the manifests of packages in the archive, and their paths there."""
    left = most = InventoryLimits.from_environment().max_archive_members
    folders = [("", root)]
    while folders:
        folder, node = folders.pop()
        for name, inner in (node.files or {}).items():
            left -= 1
            if left < 0:
                raise DataError(f"it has more than {most:,} members: raise {setting('max_archive_members')}")
            place = f"{folder}{name}"
            if inner.files is not None:
                folders.append((f"{place}/", inner))
            elif name == _MANIFEST and not inner.unpacked and inner.offset and _PACKAGE.fullmatch(place):
                yield place, inner


def _offset(node: _Node) -> int:
    if not node.offset.isascii() or not node.offset.isdigit() or len(node.offset) > _OFFSET_DIGITS:
        raise DataError("its index has a place that is no number")
    return int(node.offset)


def may_be_electron(path: str, _head: bytes) -> bool:
    """Return whether a file is such an archive by its name: too many others begin so."""
    return path.lower().endswith(_ENDING)


READER: Final = ArchiveReader(
    name="index",
    ecosystem=NPM.purl_type,
    heads=(_HEAD,),
    endings=(_ENDING,),
    read=read_electron_archive,
    accepts=may_be_electron,
    tails=(b"sar",),
)
