"""Parses the fields of tar headers: offsets, octal and base-256 numbers, checksums.

Headers are checked in batches: a layer has tens of thousands, and arrays do that at a tenth of the cost
of one header after the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.errors import LayerError

BLOCK: Final = 512
NAME: Final = slice(0, 100)
MODE: Final = slice(100, 108)
SIZE: Final = slice(124, 136)
MTIME: Final = slice(136, 148)
CHECKSUM: Final = slice(148, 156)
TYPE: Final = 156
LINK: Final = slice(157, 257)
MAGIC: Final = slice(257, 263)
PREFIX: Final = slice(345, 500)
USTAR: Final = b"ustar\0"

_BASE_256: Final = 0x80
_ZERO: Final = ord("0")
_SPACE: Final = ord(" ")


def padded(size: int) -> int:
    """Return ``size`` rounded up to whole blocks."""
    return (size + BLOCK - 1) & -BLOCK


def text(field: bytes) -> bytes:
    """Return a field's bytes up to its first NUL."""
    return field.split(b"\0", 1)[0]


def number(field: bytes) -> int:
    """Parse a number: octal digits, or GNU's base 256 (two's complement) if the first bit is set.

    Raises
    ------
    LayerError
        If it is neither.
    """
    if field[0] & _BASE_256:
        value = int.from_bytes(field, "big") & ~(_BASE_256 << 8 * (len(field) - 1))
        return value - (1 << 8 * len(field) - 1) if field[0] & 0x40 else value
    digits = text(field).strip(b" ")
    if digits.strip(b"01234567"):
        raise LayerError(f"a header field is no number: {field!r}", action="the archive is broken")
    return int(digits or b"0", 8)


def numbers(fields: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Parse one field of many headers.

    Parameters
    ----------
    fields
        One row per header, one column per byte.

    Raises
    ------
    LayerError
        If a field is no number, or one beyond 63 bits.
    """
    digits = fields - _ZERO  # wraps: what is no digit is large
    octal = digits < 8
    values = np.zeros(len(fields), np.int64)
    for column in range(fields.shape[1]):
        np.copyto(values, values * 8 + digits[:, column], where=octal[:, column])
    blank = (fields == 0) | (fields == _SPACE)
    usual = (octal | blank).all(axis=1) & (octal[:, 1:] <= octal[:, :-1]).all(axis=1)
    for row in np.flatnonzero(~usual):
        values[row] = _within_63_bits(number(fields[row].tobytes()))
    return values


def check_sums(blocks: NDArray[np.uint8]) -> None:
    """Check the checksum of every header.

    Old programs summed signed bytes, so either sum will do.

    Raises
    ------
    LayerError
        If one is wrong.
    """
    wanted = numbers(blocks[:, CHECKSUM])
    rest = 8 * _SPACE - blocks[:, CHECKSUM].sum(axis=1, dtype=np.int64)
    wrong = blocks.sum(axis=1, dtype=np.int64) + rest != wanted
    if wrong.any():
        suspects = blocks[wrong].view(np.int8)
        signed = suspects.sum(axis=1, dtype=np.int64) - suspects[:, CHECKSUM].sum(axis=1, dtype=np.int64)
        if (signed + 8 * _SPACE != wanted[wrong]).any():
            raise LayerError("a tar header has a wrong checksum", action="the archive is broken")


def check_sum(block: bytes) -> None:
    """Check the checksum of one header.

    Raises
    ------
    LayerError
        If it is wrong.
    """
    field = block[CHECKSUM]
    if sum(block) - sum(field) + 8 * _SPACE != number(field):
        check_sums(np.frombuffer(block, np.uint8).reshape(1, BLOCK))


def _within_63_bits(value: int) -> int:
    if not -(1 << 63) <= value < 1 << 63:
        raise LayerError("a header field is too large a number", action="the archive is broken")
    return value
