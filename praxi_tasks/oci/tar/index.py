"""Indexes the files of an uncompressed tar, so that they are read without extracting it.

The archive may be hostile: only its headers are read, each of a bounded size, and names are no more than
keys of a table.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from praxi_tasks.errors import LayerError, LimitExceededError, ManifestError
from praxi_tasks.oci.tar import header as tar_header
from praxi_tasks.oci.tar import pax_records

_MAX_ENTRIES: Final = 200_000
_MAX_EXTENSION: Final = 1 << 20
_MAX_LINKS: Final = 16
_REGULAR: Final = frozenset(b"0\x007")
_PAX: Final = ord("x")
_LONG: Final = {ord("L"): pax_records.PATH, ord("K"): pax_records.LINK}
_HARD_LINK, _SYMLINK = ord("1"), ord("2")
_WITHOUT_DATA: Final = frozenset(b"123456")


@dataclass
class TarIndex:
    """Offset and size of every regular file by its name, and where links lead."""

    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> tuple[int, int] | None:
        """Return offset and size of a file, through links; None if there is no such file."""
        name = _clean(name)
        for _ in range(_MAX_LINKS):
            if name in self.files:
                return self.files[name]
            if name not in self.links:
                return None
            name = self.links[name]
        return None


@dataclass
class _Header:
    name: bytes
    link: bytes
    size: int
    kind: int


def scan(descriptor: int, where: str) -> TarIndex:
    """Index the tar that an open file holds; a name that comes again replaces the earlier one.

    Raises
    ------
    ManifestError
        If it is no tar, or ends early.
    LimitExceededError
        If it has too many entries or too long names.
    """
    try:
        return _scan(descriptor, os.fstat(descriptor).st_size)
    except LimitExceededError as error:
        raise LimitExceededError(error.what, where=where) from None
    except LayerError as error:
        raise ManifestError(
            f"not an archive that can be read: {error.what}", where=where, action="save the image again"
        ) from None


def _scan(descriptor: int, end: int) -> TarIndex:
    index, offset = TarIndex(), 0
    overrides: pax_records.Overrides = {}
    for _ in range(_MAX_ENTRIES):
        header = _header(os.pread(descriptor, tar_header.BLOCK, offset))
        if header is None:
            return index
        offset += tar_header.BLOCK
        if pax_records.SIZE in overrides:
            header.size = pax_records.decimal(overrides[pax_records.SIZE])
        stored = 0 if header.kind in _WITHOUT_DATA else header.size
        if not 0 <= stored <= end - offset:
            raise LayerError("it ends in the middle of a file")
        if header.kind == _PAX or header.kind in _LONG:
            _extend(overrides, descriptor, offset, header)
        else:
            _record(index, header, overrides, offset)
            overrides = {}
        offset += tar_header.padded(stored)
    raise LimitExceededError(f"an archive of more than {_MAX_ENTRIES} entries")


def _record(index: TarIndex, header: _Header, overrides: pax_records.Overrides, offset: int) -> None:
    name = _clean(os.fsdecode(overrides.get(pax_records.PATH, header.name)))
    target = os.fsdecode(overrides.get(pax_records.LINK, header.link))
    index.files.pop(name, None)
    index.links.pop(name, None)
    if header.kind in _REGULAR:
        index.files[name] = (offset, header.size)
    elif header.kind == _HARD_LINK:
        index.links[name] = _clean(target)
    elif header.kind == _SYMLINK:
        index.links[name] = _clean(posixpath.join(posixpath.dirname(name), target))


def _header(block: bytes) -> _Header | None:
    """Parse one header; None at the end of the archive, which may lack its closing blocks."""
    if not block.strip(b"\0"):
        return None
    if len(block) < tar_header.BLOCK:
        raise LayerError("it ends in the middle of a header")
    tar_header.check_sums(np.frombuffer(block, np.uint8).reshape(1, -1))
    name, prefix = tar_header.text(block[tar_header.NAME]), tar_header.text(block[tar_header.PREFIX])
    if block[tar_header.MAGIC] == tar_header.USTAR and prefix:
        name = prefix + b"/" + name
    size = tar_header.number(block[tar_header.SIZE])
    return _Header(name, tar_header.text(block[tar_header.LINK]), size, block[tar_header.TYPE])


def _extend(overrides: pax_records.Overrides, descriptor: int, offset: int, header: _Header) -> None:
    if header.size > _MAX_EXTENSION:
        raise LimitExceededError(f"a tar header of {header.size} bytes")
    data = os.pread(descriptor, header.size, offset)
    if header.kind == _PAX:
        pax_records.read_records(data, overrides)
    else:
        overrides[_LONG[header.kind]] = tar_header.text(data)


def _clean(name: str) -> str:
    return posixpath.normpath(name).lstrip("/")
