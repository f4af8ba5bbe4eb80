"""A container for named arrays: a JSON head, then the arrays' little-endian bytes, each aligned to 8.

Reading copies nothing and executes nothing: arrays are views of the bytes that were read. A wrong length,
type or protocol raises :class:`~praxi_tasks.errors.CorruptObjectError`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.json_decoding import decode

Arrays = Mapping[str, NDArray[Any]]

_MAGIC: Final = b"PRXA"
_LENGTH: Final = struct.Struct("<4sI")
_TYPES: Final = {
    name: np.dtype(name) for name in ("|b1", "|u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4", "<f8")
}


class _Column(msgspec.Struct, frozen=True):
    name: str
    dtype: str
    length: int


class _Head(msgspec.Struct, frozen=True):
    kind: str
    protocol: int
    columns: tuple[_Column, ...]


def pack_arrays(kind: str, protocol: int, arrays: Arrays) -> bytes:
    """Return arrays, in the mapping's order, as bytes that depend on nothing else.

    Parameters
    ----------
    kind, protocol
        What the arrays are, and the version of that format; both are checked when they are read.
    arrays
        Of shape ``(n,)`` each, where ``n`` may differ, and of a boolean, integer or float type.

    Raises
    ------
    TypeError
        If an array has another shape or type.
    """
    return b"".join(pack_parts(kind, protocol, arrays))


def pack_parts(kind: str, protocol: int, arrays: Arrays) -> list[bytes | memoryview]:
    """Return the parts that :func:`pack_arrays` joins, for a consumer that takes them one by one."""
    columns = tuple(_Column(name, _type_name(array), len(array)) for name, array in arrays.items())
    head = msgspec.json.encode(_Head(kind, protocol, columns))
    head += b" " * (-(_LENGTH.size + len(head)) % 8)
    parts: list[bytes | memoryview] = [_LENGTH.pack(_MAGIC, len(head)), head]
    for column, array in zip(columns, arrays.values(), strict=True):
        data = np.ascontiguousarray(array).astype(column.dtype, copy=False).view(np.uint8).data
        parts += [data, bytes(-len(data) % 8)]
    return parts


def compressed(parts: Sequence[bytes | memoryview], level: int) -> bytes:
    """Return parts as one zstd frame, which tells their size, without joining them first."""
    compressor = zstandard.ZstdCompressor(level=level).compressobj(size=sum(map(len, parts)))
    return b"".join([*map(compressor.compress, parts), compressor.flush()])


def protocol_of(data: bytes | memoryview) -> int:
    """Return the protocol of what :func:`pack_arrays` wrote.

    Raises
    ------
    CorruptObjectError
        If the bytes are not such a container.
    """
    return _read_head(memoryview(data))[0].protocol


def unpack_arrays(
    data: bytes | memoryview, kind: str, protocol: int, types: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """Read what :func:`pack_arrays` wrote.

    Parameters
    ----------
    types
        The arrays that have to be there, and NumPy's names of their types: ``{"sizes": "<u8"}``.

    Returns
    -------
    dict of str to ndarray
        Views of ``data``, of shape ``(n,)`` each.

    Raises
    ------
    CorruptObjectError
        If the bytes are not such a container, hold another kind or protocol, are not complete, or lack an
        array of its type.
    """
    view = memoryview(data)
    head, offset = _read_head(view)
    if (head.kind, head.protocol) != (kind, protocol):
        found = f"{head.kind} of protocol {head.protocol}"
        raise _corrupt(f"expected {kind} of protocol {protocol}, found {found}")
    arrays: dict[str, NDArray[Any]] = {}
    for column in head.columns:
        dtype = _TYPES.get(column.dtype)
        if dtype is None or column.length < 0 or offset + column.length * dtype.itemsize > len(view):
            raise _corrupt(f"the column {column.name!r} is not whole")
        arrays[column.name] = np.frombuffer(view, dtype, column.length, offset)
        offset += -(-column.length * dtype.itemsize // 8) * 8
    if offset != len(view):
        raise _corrupt("its length is not what its head says")
    for name, wanted in types.items():
        if name not in arrays or arrays[name].dtype.str != wanted:
            raise _corrupt(f"it has no column {name!r} of the type {wanted}")
    return arrays


def pack_texts(texts: list[str]) -> NDArray[np.uint8]:
    """Return texts without NUL as one column of bytes, separated by NUL: shape ``(bytes,)``."""
    return np.frombuffer("\0".join(texts).encode("utf-8", "surrogateescape"), np.uint8)


def unpack_texts(column: NDArray[np.uint8], count: int) -> list[str]:
    """Read back ``count`` texts.

    Raises
    ------
    CorruptObjectError
        If the column holds another number of texts, or bytes that no text was written as.
    """
    try:
        texts = column.tobytes().decode("utf-8", "surrogateescape").split("\0") if count else []
    except UnicodeDecodeError as error:
        raise _corrupt("its texts can't be decoded") from error
    if len(texts) != count:
        raise _corrupt(f"it holds {len(texts)} texts instead of {count}")
    return texts


def _read_head(view: memoryview) -> tuple[_Head, int]:
    if len(view) < _LENGTH.size:
        raise _corrupt("it is too short")
    magic, length = _LENGTH.unpack_from(view)
    if magic != _MAGIC or _LENGTH.size + length > len(view):
        raise _corrupt("it does not start as one")
    try:
        head = decode(bytes(view[_LENGTH.size : _LENGTH.size + length]), _Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _corrupt("its head can't be read") from error
    return head, _LENGTH.size + length


def _type_name(array: NDArray[Any]) -> str:
    name = array.dtype.newbyteorder("<").str
    if name not in _TYPES or array.ndim != 1:
        raise TypeError(f"a column of type {array.dtype} and {array.ndim} dimensions can't be stored")
    return name


def _corrupt(problem: str) -> CorruptObjectError:
    return CorruptObjectError(
        f"a stored container of arrays is damaged: {problem}", action="delete it and let it be made again"
    )
