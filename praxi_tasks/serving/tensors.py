"""Tensors of the Open Inference Protocol: as JSON, and as its binary extension has them.

Source: KServe's Open Inference Protocol specification and its binary tensor data extension.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import chain
from math import prod
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from praxi_tasks.json_decoding import decode
from praxi_tasks.serving.refusals import RequestError

BYTES: Final = "BYTES"
NUMBERS: Final = {
    "BOOL": "|b1", "UINT8": "|u1", "UINT16": "<u2", "UINT32": "<u4", "UINT64": "<u8",
    "INT8": "|i1", "INT16": "<i2", "INT32": "<i4", "INT64": "<i8",
    "FP16": "<f2", "FP32": "<f4", "FP64": "<f8",
}  # fmt: skip
"""The datatypes of numbers, and NumPy's names of them."""
_TYPES: Final = {
    **{name: {float, int} if name.startswith("FP") else {int} for name in NUMBERS},
    "BOOL": {bool},
    BYTES: {str},
}
"""What JSON's values of each datatype are in Python."""
_LENGTH: Final = struct.Struct("<I")

Values = Sequence[bytes] | NDArray[Any]


class Tensor(msgspec.Struct, frozen=True, eq=False):
    """A named tensor; its values are in row-major order.

    Attributes
    ----------
    datatype
        As the protocol writes it.
    values
        Byte strings of a BYTES tensor, else an array of shape ``(n,)``.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    values: Values


def of_texts(name: str, values: Sequence[bytes]) -> Tensor:
    """Return a BYTES tensor of one dimension."""
    return Tensor(name, BYTES, (len(values),), values)


def of_numbers(name: str, datatype: str, values: Sequence[float]) -> Tensor:
    """Return a tensor of numbers of one dimension."""
    return Tensor(name, datatype, (len(values),), np.array(values, NUMBERS[datatype]))


def from_json(name: str, datatype: str, shape: tuple[int, ...], data: bytes) -> Tensor:
    """Read a tensor's ``data``: the values in row-major order, flat or nested as the shape says.

    Raises
    ------
    RequestError
        If they are of another type, or not as many as the shape says.
    """
    if datatype == "FP16":
        raise RequestError("FP16 has no form in JSON", where=name, action="send it as binary data")
    try:
        values = _typed(datatype, _flat(decode(data), shape))
    except (msgspec.DecodeError, OverflowError, TypeError, ValueError) as error:
        raise RequestError(f"not data of a tensor of {datatype}: {error}", where=name) from None
    return _checked(Tensor(name, datatype, shape, values))


def from_binary(name: str, datatype: str, shape: tuple[int, ...], data: memoryview) -> Tensor:
    """Read a tensor's binary data.

    Raises
    ------
    RequestError
        If it is not of the size that datatype and shape give it.
    """
    if datatype == BYTES:
        values: Values = list(_elements(name, data))
    else:
        kind = np.dtype(NUMBERS[datatype])
        if len(data) != prod(shape) * kind.itemsize:
            raise RequestError(
                f"{len(data)} bytes of data, where its shape needs {prod(shape) * kind.itemsize}", where=name
            )
        values = np.frombuffer(data, kind)
    return _checked(Tensor(name, datatype, shape, values))


def to_json(tensor: Tensor) -> list[Any]:
    """Return the values as JSON has them; BYTES are texts.

    Raises
    ------
    RequestError
        If a byte string is no text.
    """
    if isinstance(tensor.values, np.ndarray):
        found: list[Any] = tensor.values.tolist()
        return found
    try:
        return [value.decode() for value in tensor.values]
    except UnicodeDecodeError:
        raise RequestError("not text: ask for it as binary data", where=tensor.name) from None


def to_binary(tensor: Tensor) -> bytes:
    """Return the values as the binary extension has them."""
    if isinstance(tensor.values, np.ndarray):
        return tensor.values.tobytes()
    return b"".join(chain.from_iterable((_LENGTH.pack(len(value)), value) for value in tensor.values))


def _checked(tensor: Tensor) -> Tensor:
    if len(tensor.values) != prod(tensor.shape):
        found = f"{len(tensor.values)} values, where its shape needs {prod(tensor.shape)}"
        raise RequestError(found, where=tensor.name)
    return tensor


def _flat(data: Any, shape: tuple[int, ...]) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("not an array")
    if len(shape) < 2 or not data or not isinstance(data[0], list):
        return list(data)
    if len(data) != shape[0]:
        raise ValueError("it is not nested as its shape says")
    for length in shape[1:]:
        if not all(isinstance(row, list) and len(row) == length for row in data):
            raise ValueError("it is not nested as its shape says")
        data = list(chain.from_iterable(data))
    return list(data)


def _typed(datatype: str, values: list[Any]) -> Values:
    if not set(map(type, values)) <= _TYPES[datatype]:
        raise TypeError("a value is of another type")
    if datatype == BYTES:
        return [value.encode() for value in values]
    return np.array(values, NUMBERS[datatype])


def _elements(name: str, data: memoryview) -> Iterator[bytes]:
    at, end = 0, len(data)
    while at < end:
        start = at + _LENGTH.size
        stop = start + _LENGTH.unpack_from(data, at)[0] if start <= end else end + 1
        if stop > end:
            raise RequestError("its binary data ends within an element", where=name)
        yield bytes(data[start:stop])
        at = stop
