"""Archives as PyInstaller puts them at the end of a program."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping


def carchive(files: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """Return an archive of files with its table of contents and its cookie."""
    body, table = b"", b""
    for name, data in files.items():
        packed = zlib.compress(data) if compressed else data
        text = name.encode() + b"\0"
        text += bytes(-(18 + len(text)) % 16)
        size = 18 + len(text)
        table += struct.pack("!IIIIBc", size, len(body), len(packed), len(data), compressed, b"x") + text
        body += packed
    length = len(body) + len(table) + 88
    magic = b"MEI\014\013\012\013\016"
    return body + table + struct.pack("!8sIIii64s", magic, length, len(body), len(table), 311, b"libpython")
