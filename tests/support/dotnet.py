""".NET's files for tests: assemblies with their metadata, version resources, applications in one file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

from tests.support.programs import elf, pe, pe_addresses

BUNDLE_MARK = bytes.fromhex("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae")
"""What .NET's host looks for in its own file: the SHA-256 of ``.net core bundle`` and a line's end."""


def assembly(
    name: str, version: str = "1.0.0.0", culture: str = "", texts: Mapping[str, str] | None = None
) -> bytes:
    """Return an assembly of this name; ``texts`` are those of its version resource."""
    metadata = _metadata(name, version, culture)
    sections = {".cli": bytes(16), ".meta": metadata, ".rsrc": b""}
    address = pe_addresses(sections)
    sections[".cli"] = struct.pack("<IHHII", 72, 2, 5, address[".meta"], len(metadata))
    sections[".rsrc"] = _resources(address[".rsrc"], texts or {})
    return pe(sections, {14: ".cli", 2: ".rsrc"})


def library(texts: Mapping[str, str]) -> bytes:
    """Return a library for Windows with the texts of its version resource."""
    sections = {".rsrc": b""}
    return pe({".rsrc": _resources(pe_addresses(sections)[".rsrc"], texts)}, {2: ".rsrc"})


def _metadata(name: str, version: str, culture: str) -> bytes:
    strings = b"\0" + name.encode() + b"\0" + culture.encode() + b"\0"
    numbers = (int(part) for part in version.split("."))
    tables = struct.pack("<IBBBBQQ", 0, 2, 0, 0, 1, 1 | 1 << 2 | 1 << 0x20, 0) + struct.pack("<III", 1, 2, 1)
    tables += struct.pack("<HHHHH", 0, 1, 0, 0, 0)  # its module
    tables += struct.pack("<IHHHHH", 0, 1, 1, 0, 1, 1) * 2  # two types
    tables += struct.pack("<IHHHHIHHH", 0x8004, *numbers, 0, 0, 1, len(name) + 2)
    tables += bytes(-len(tables) % 4)
    root = b"BSJB" + struct.pack("<HHII12sHH", 1, 1, 0, 12, b"v4.0.30319", 0, 2)
    start = len(root) + 12 + 20
    streams = struct.pack("<II4s", start, len(tables), b"#~")
    streams += struct.pack("<II12s", start + len(tables), len(strings), b"#Strings")
    return root + streams + tables + strings


def _resources(address: int, texts: Mapping[str, str]) -> bytes:
    """Return a tree of resources with one version, in one language."""
    if not texts:
        return b""
    version = version_info(texts)
    folder, tree = 1 << 31, b""
    for number, place in ((16, folder | 24), (1, folder | 48), (1033, 72)):
        tree += struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, number, place)
    return tree + struct.pack("<IIII", address + 88, len(version), 0, 0) + version


def version_info(texts: Mapping[str, str]) -> bytes:
    """Return a version resource."""
    strings = b"".join(
        _padded(_block(key, value.encode("utf-16-le") + b"\0\0", len(value) + 1, 1))
        for key, value in texts.items()
    )
    table = _block("040904b0", strings, 0, 1)
    return _block("VS_VERSION_INFO", bytes(52) + _block("StringFileInfo", table, 0, 1), 52, 0)


def _block(key: str, content: bytes, size: int, kind: int) -> bytes:
    head = _padded(bytes(6) + key.encode("utf-16-le") + b"\0\0")
    return struct.pack("<HHH", len(head) + len(content), size, kind) + head[6:] + content


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def bundle(files: Sequence[tuple[int, bytes]], *, version: int = 6, packed: bool = False) -> bytes:
    """Return an application in one file that holds files of these types and contents."""
    host = elf({".data": bytes(8) + BUNDLE_MARK})
    rows = b""
    for kind, content in files:
        data = zlib.compress(content, wbits=-15) if packed else content
        sizes = struct.pack("<q", len(data) if packed else 0) if version == 6 else b""
        rows += struct.pack("<qq", len(host), len(content)) + sizes + bytes([kind, 3]) + b"a.b"
        host += data
    head = struct.pack("<IIi", version, 0, len(files)) + b"\x04name" + (bytes(40) if version > 1 else b"")
    return host.replace(bytes(8) + BUNDLE_MARK, struct.pack("<q", len(host)) + BUNDLE_MARK) + head + rows
