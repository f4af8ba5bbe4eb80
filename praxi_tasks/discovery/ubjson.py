"""Reads UBJSON (https://ubjson.org), the binary JSON that XGBoost saves boosters in; lengths are checked."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np

from praxi_tasks.errors import CorruptObjectError

_NUMBERS: Final = {
    b"i": struct.Struct(">b"),
    b"U": struct.Struct(">B"),
    b"I": struct.Struct(">h"),
    b"l": struct.Struct(">i"),
    b"L": struct.Struct(">q"),
    b"d": struct.Struct(">f"),
    b"D": struct.Struct(">d"),
}
_COLUMNS: Final = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
_LENGTHS: Final = frozenset((b"i", b"U", b"I", b"l", b"L"))
_CONSTANTS: Final = {b"T": True, b"F": False, b"Z": None}
_DEPTH: Final = 64


def read_ubjson(data: bytes) -> Any:
    """Return the value that ``data`` holds; typed arrays come as NumPy arrays.

    Raises
    ------
    CorruptObjectError
        If the bytes end early, go on after the value, or hold a type that is unknown.
    """
    reader = _Reader(data)
    try:
        value = reader.value(reader.take(1), 0)
    except (struct.error, UnicodeDecodeError, ValueError, KeyError, MemoryError) as error:
        raise _damaged() from error
    if reader.left:
        raise _damaged()
    return value


def _damaged() -> CorruptObjectError:
    return CorruptObjectError("a booster is not whole UBJSON", action="build the model again")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes were not read yet."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """Read some bytes."""
        if not 0 <= count <= self.left:
            raise ValueError("the data ends early")
        self._at += count
        return self._data[self._at - count : self._at]

    def value(self, kind: bytes, depth: int) -> Any:
        """Read the value of a type whose marker was read."""
        if depth > _DEPTH:
            raise ValueError("nested too deeply")
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind in _NUMBERS:
            number = _NUMBERS[kind]
            return number.unpack(self.take(number.size))[0]
        if kind == b"S":
            return self.take(self._length()).decode()
        if kind == b"C":
            return self.take(1).decode()
        if kind == b"[":
            return self._array(depth)
        if kind == b"{":
            return self._object(depth)
        raise ValueError("an unknown type")

    def _length(self) -> int:
        kind = self.take(1)
        if kind not in _LENGTHS:
            raise ValueError("a length is not a whole number")
        length = int(self.value(kind, _DEPTH))
        if length < 0:
            raise ValueError("a length below nothing")
        return length

    def _peek(self) -> bytes:
        return self._data[self._at : self._at + 1]

    def _header(self) -> tuple[bytes | None, int | None]:
        kind, count = None, None
        if self._peek() == b"$":
            self.take(1)
            kind = self.take(1)
            if kind in _CONSTANTS:
                raise ValueError("values of no bytes would be repeated for ever")
        if self._peek() == b"#":
            self.take(1)
            count = self._length()
        return kind, count

    def _array(self, depth: int) -> Any:
        kind, count = self._header()
        if kind in _COLUMNS and count is not None:
            dtype = np.dtype(_COLUMNS[kind])
            return np.frombuffer(self.take(count * dtype.itemsize), dtype).astype(dtype.newbyteorder("="))
        values: list[Any] = []
        while self._more(count, len(values), b"]"):
            values.append(self.value(kind or self.take(1), depth + 1))
        return values

    def _object(self, depth: int) -> dict[str, Any]:
        kind, count = self._header()
        values: dict[str, Any] = {}
        read = 0
        while self._more(count, read, b"}"):
            name = self.take(self._length()).decode()
            values[name] = self.value(kind or self.take(1), depth + 1)
            read += 1
        return values

    def _more(self, count: int | None, read: int, end: bytes) -> bool:
        if count is not None:
            return read < count
        if self._peek() == end:
            self.take(1)
            return False
        return True
