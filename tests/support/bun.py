"""Bun's binary lock files, written as Bun does."""

from __future__ import annotations

import struct
from collections.abc import Sequence

HEAD = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"
NPM, FOLDER, WORKSPACE = 2, 4, 72
LOCKED = [
    ("app", 1, (0, 0, 0), ""),
    ("ms", NPM, (2, 0, 0), ""),
    ("@babel/code-frame", NPM, (7, 29, 7), ""),
    ("react", NPM, (19, 0, 0), "rc.1"),
    ("typescript", NPM, (5, 4, 0), "dev.20231205"),
    ("local", FOLDER, (0, 0, 0), ""),
    ("w", WORKSPACE, (0, 0, 0), ""),
]


def bun_lockb(
    packages: Sequence[tuple[str, int, tuple[int, int, int], str]] = LOCKED, number: int = 2
) -> bytes:
    """Write a lock file as Bun does: columns of packages, then six buffers, the last of strings."""
    strings = b""

    def string(text: str) -> bytes:
        nonlocal strings
        data = text.encode()
        if len(data) <= 8:
            return data.ljust(8, b"\0")
        strings += data
        return struct.pack("<II", len(strings) - len(data), len(data) | 1 << 31)

    numbers = "<IIII" if number == 2 else "<QQQ"
    names = b"".join(string(name) for name, *_ in packages)
    origins = b"".join(
        struct.pack("<B7x", tag)
        + string(f"x/{name}")
        + struct.pack(numbers, *version, *([0] if number == 2 else []))
        + string(before)
        + bytes(24)
        for name, tag, version, before in packages
    )
    columns = names + bytes(8 * len(packages)) + origins + bytes(173 * len(packages))
    begin = 128
    table = struct.pack("<QQQQQ", len(packages), 8, 8, begin, begin + len(columns))
    head = HEAD + struct.pack("<I32xQ", number, 0) + table
    written = head.ljust(begin, b"\0") + columns
    for kind, content in (*[(b"u32", b"")] * 5, (b"u8", strings)):
        label = b"\n<%s> sizeof\n" % kind
        place = len(written) + 16 + len(label)
        written += struct.pack("<QQ", place, place + len(content)) + label + content
    return written
