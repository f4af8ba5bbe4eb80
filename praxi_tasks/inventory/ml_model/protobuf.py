"""The fields of a message in Protocol Buffers' wire format, found without reading what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.oci.layer import FileContent

VARINT: Final = 0
BYTES: Final = 2
_FIXED: Final = {1: 8, 5: 4}
_LONGEST_VARINT: Final = 10
_HEADER: Final = 2 * _LONGEST_VARINT


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its number and wire type; its value where it is a number, else where its bytes are."""

    number: int
    kind: int
    value: int = 0
    start: int = 0
    stop: int = 0


class Fields:
    """Reads the messages of one file.

    Parameters
    ----------
    content
        The file.
    most
        Fields that are read of all messages together: those after them are left out.
    """

    def __init__(self, content: FileContent, most: int) -> None:
        self._content = content
        self._left = most

    @property
    def is_spent(self) -> bool:
        """Whether more fields were asked for than are read."""
        return self._left < 0

    def of(self, start: int, stop: int) -> Iterator[Field]:
        """Yield the fields of the message that is at a place.

        Raises
        ------
        DataError
            If there is no message.
        """
        while start < stop:
            self._left -= 1
            if self._left < 0:
                return
            head = self._content.read(start, min(_HEADER, stop - start))
            key, size = _varint(head, 0)
            number, kind = key >> 3, key & 7
            if not number:
                raise DataError("a field of its message has no number")
            if kind == VARINT:
                value, size = _varint(head, size)
                yield Field(number, kind, value)
                start += size
                continue
            if kind == BYTES:
                length, size = _varint(head, size)
            elif kind in _FIXED:
                length = _FIXED[kind]
            else:
                raise DataError("a field of its message is of a type that is not known")
            start += size
            if length > stop - start:
                raise DataError("its message is cut off")
            yield Field(number, kind, start=start, stop=start + length)
            start += length

    def text(self, field: Field, longest: int = 1 << 12) -> str:
        """Return a field's bytes as text, or the beginning of them."""
        return self.bytes(field, longest).decode("utf-8", "replace")

    def bytes(self, field: Field, longest: int) -> bytes:
        """Return the beginning of a field's bytes."""
        return self._content.read(field.start, min(field.stop - field.start, longest))


def numbers(data: bytes) -> Iterator[int]:
    """Yield the numbers of a packed field; raise DataError if they are cut off."""
    place = 0
    while place < len(data):
        value, place = _varint(data, place)
        yield value


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift, byte in enumerate(data[place : place + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value, place + shift + 1
    raise DataError("a number of its message is cut off, or far too long")
