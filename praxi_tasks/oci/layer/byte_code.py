"""What Python's byte code says of the source that it was made of: its size, and the version that it states.

Nobody compares byte code by its content, which depends on the interpreter and the time. Its head has the size
of its source (PEP 552), where the source is checked by time; and a version that a module states is a text
among its constants.
"""

from __future__ import annotations

import re
import zlib
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.oci.layer.checksum_kinds import SOURCE, STATED

HEAD: Final = 16
"""Bytes that a file of byte code begins with before its code."""
_TIMED: Final = b"\r\n\0\0\0\0"  # behind the magic number, where the source is checked by time
_FIRST_MAGIC: Final = 3392  # Python 3.7; earlier ones and other interpreters have other heads
_LAST_MAGIC: Final = 19_999
_READ: Final = 1 << 16
"""Bytes of a module that are searched for a version: who states one does so early."""

# A short text as marshal writes it: a letter, its length, itself. The next one's letter may follow at once.
_CONSTANT: Final = re.compile(rb"[Zz\xda\xfa]([\x03-\x28])(?=([0-9]+(?:\.[0-9]+)+[0-9A-Za-z.+_-]*))")
_NUMBERS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_UNKNOWN: Final = 2**64 - 1
_ENDING: Final = b"\r\n"  # of every interpreter's magic number

NO_SOURCE: Final = 2**32 - 1
"""The size of the source of what is called byte code and is none: no module has it."""


class Sources(NamedTuple):
    """What byte code says of its source; arrays of shape ``(files,)``.

    Parameters
    ----------
    told
        Which files are byte code whose head tells the size of its source.
    sizes
        In bytes; 0 where none is told.
    versions
        The :func:`version_number` that the source states; 0 where none was looked for or found.
    """

    told: NDArray[np.bool_]
    sizes: NDArray[np.uint64]
    versions: NDArray[np.uint64]


def version_number(version: str) -> int:
    """Return a number for a version, one for all its spellings; never 0.

    Zeros before and behind its numbers count for nothing, nor does a local part.
    """
    text = version.partition("+")[0]
    head = match.group() if (match := _NUMBERS.match(text)) else ""
    numbers = [number.lstrip("0") for number in head.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    rest = re.sub(r"[._-]", "", text[len(head) :].lower())
    return zlib.crc32(f"{'.'.join(numbers)} {rest}".encode("utf-8", "surrogateescape")) or 1


def read_sources(kinds: NDArray[np.uint8], values: NDArray[np.uint64]) -> Sources:
    """Return what is in the numbers that :class:`ByteCode` made, by the kinds and values of checksums."""
    told = np.isin(kinds, (SOURCE, STATED)) & (values != np.uint64(_UNKNOWN))
    nothing = np.uint64(0)
    return Sources(
        told,
        np.where(told, values & np.uint64(0xFFFF_FFFF), nothing),
        np.where(told, values >> np.uint64(32), nothing),
    )


def read_heads(heads: bytes) -> NDArray[np.uint64]:
    """Return what :class:`ByteCode` makes of files in which no version is looked for, all at once.

    Parameters
    ----------
    heads
        The first :data:`HEAD` bytes of each, one after the other.

    Returns
    -------
    NDArray[np.uint64]
        Shape ``(files,)``.
    """
    each = np.frombuffer(heads, np.uint8).reshape(-1, HEAD)
    magic = each[:, :2].copy().view("<u2")[:, 0]
    is_timed = (each[:, 2:8] == np.frombuffer(_TIMED, np.uint8)).all(axis=1)
    sizes = each[:, 12:].copy().view("<u4")[:, 0].astype(np.uint64)
    is_known = is_timed & (magic >= _FIRST_MAGIC) & (magic <= _LAST_MAGIC)
    is_none = (each[:, 2:4] != np.frombuffer(_ENDING, np.uint8)).any(axis=1)
    return np.where(is_known, sizes, np.where(is_none, np.uint64(NO_SOURCE), np.uint64(_UNKNOWN)))


class ByteCode:
    """Takes byte code as a hash function takes bytes, and returns what it says instead of a checksum.

    Parameters
    ----------
    data
        Its first bytes.
    states_version
        Whether to look for a version.
    """

    def __init__(self, data: memoryview, *, states_version: bool) -> None:
        self._wanted = _READ if states_version else HEAD
        self._data = bytearray(data[: self._wanted])

    def update(self, data: memoryview, /) -> None:
        """Take the next bytes."""
        self._data += data[: self._wanted - len(self._data)]

    def digest(self) -> bytes:
        """Return version and size as four bytes each, or eight of all ones where the head tells no size.

        The size is :data:`NO_SOURCE` where it is no byte code.
        """
        head = bytes(self._data[:HEAD])
        if head[2:4] != _ENDING:
            return NO_SOURCE.to_bytes(8, "big")
        magic = int.from_bytes(head[:2], "little")
        is_timed = head[2:8] == _TIMED
        if len(head) < HEAD or not is_timed or not _FIRST_MAGIC <= magic <= _LAST_MAGIC:
            return _UNKNOWN.to_bytes(8, "big")
        version = self._version() if self._wanted > HEAD else 0
        return version.to_bytes(4, "big") + head[12:][::-1]

    def _version(self) -> int:
        """Return the first version of three numbers among the constants, or else of two; 0 if none is."""
        found = [
            match.group(2)[: match.group(1)[0]].decode("ascii")
            for match in _CONSTANT.finditer(self._data, HEAD)
            if len(match.group(2)) >= match.group(1)[0]
        ]
        stated = [text for text in found if not text.startswith(("0.0.0", "127."))]
        chosen = next((text for text in stated if text.count(".") > 1), stated[0] if stated else "")
        return version_number(chosen) if chosen else 0
