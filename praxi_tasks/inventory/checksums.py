"""The checksums that records list for a release's files, packed beside the files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

CHECKSUM_WIDTH: Final = 8
"""Bytes that are kept of each checksum, its first: they tell another content, and cost little."""

_UNKNOWN: Final = bytes(CHECKSUM_WIDTH)


def pack_checksums(files: Sequence[str], known: Mapping[str, bytes]) -> bytes:
    """Return the checksums of files in their order, zeros for those of none; nothing if all are of none."""
    packed = b"".join(known.get(path, _UNKNOWN)[:CHECKSUM_WIDTH] for path in files)
    return packed if any(packed) else b""


def noted(listed: Iterable[tuple[str, bytes]], checksums: dict[str, bytes]) -> Iterator[str]:
    """Yield the paths of files without leading slash, and put down their checksums as they come.

    Whoever takes the paths bounds by that how many checksums are held.
    """
    for path, checksum in listed:
        name = path.lstrip("/")
        if checksum:
            checksums[name] = checksum[:CHECKSUM_WIDTH]
        yield name


def from_hex(text: bytes, length: int) -> bytes:
    """Return a checksum of ``length`` bytes that is written in hex; nothing if it is none."""
    try:
        value = binascii.unhexlify(text)
    except binascii.Error:
        return b""
    return value if len(value) == length else b""


def from_apk(text: bytes) -> bytes:
    """Return the SHA-1 that apk writes as ``Q1`` and base64; nothing if it is none."""
    try:
        value = binascii.a2b_base64(text[2:], strict_mode=True) if text.startswith(b"Q1") else b""
    except binascii.Error:
        return b""
    return value if len(value) == 20 else b""


def sha256_of_record(text: str) -> bytes:
    """Return a wheel's SHA-256, as its RECORD writes it; nothing if it is none."""
    method, _, value = text.partition("=")
    try:
        decoded = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)) if method == "sha256" else b""
    except ValueError:
        return b""
    return decoded if len(decoded) == 32 else b""
