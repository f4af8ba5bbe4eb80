"""Tensors as JSON and as binary data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.serving.refusals import RequestError
from praxi_tasks.serving.tensors import (
    NUMBERS,
    Tensor,
    from_binary,
    from_json,
    of_texts,
    to_binary,
    to_json,
)


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_byte_strings_survive_as_binary_data(values: list[bytes]) -> None:
    data = to_binary(of_texts("t", values))
    assert list(from_binary("t", "BYTES", (len(values),), memoryview(data)).values) == values


@given(st.lists(st.text(max_size=20).filter(lambda text: text.isprintable()), max_size=20))
def test_texts_survive_as_json(values: list[str]) -> None:
    tensor = from_json("t", "BYTES", (len(values),), json.dumps(values).encode())
    assert to_json(tensor) == values


@pytest.mark.parametrize("datatype", NUMBERS)
def test_numbers_survive_in_their_native_size(datatype: str) -> None:
    values = np.array([0, 1, 1, 0], NUMBERS[datatype])
    data = to_binary(Tensor("t", datatype, (2, 2), values))
    assert len(data) == 4 * np.dtype(NUMBERS[datatype]).itemsize
    back = from_binary("t", datatype, (2, 2), memoryview(data))
    assert np.array_equal(np.asarray(back.values), values)
    if datatype != "FP16":
        flat = from_json("t", datatype, (2, 2), json.dumps(values.tolist()).encode())
        nested = from_json("t", datatype, (2, 2), json.dumps(values.reshape(2, 2).tolist()).encode())
        assert np.array_equal(np.asarray(flat.values), np.asarray(nested.values))


@pytest.mark.parametrize(
    ("datatype", "shape", "data"),
    [
        ("UINT8", (1,), [256]),
        ("UINT64", (1,), [-1]),
        ("UINT64", (1,), [1 << 64]),
        ("INT32", (1,), [1.5]),
        ("INT32", (1,), [True]),
        ("BOOL", (1,), [1]),
        ("FP32", (1,), ["1"]),
        ("FP16", (1,), [1.0]),
        ("BYTES", (1,), [7]),
        ("BYTES", (2,), ["a"]),
        ("BYTES", (), ["a", "b"]),
        ("BYTES", (2, 2), [["a"], ["b"]]),
        ("BYTES", (2, 2), [["a", "b", "c"], ["d"]]),
        ("BYTES", (1,), {"a": 1}),
        ("BYTES", (1,), None),
    ],
)
def test_what_is_no_such_tensor_is_refused(datatype: str, shape: tuple[int, ...], data: Any) -> None:
    with pytest.raises(RequestError, match="t"):
        from_json("t", datatype, shape, json.dumps(data).encode())


@pytest.mark.parametrize(
    ("datatype", "shape", "data"),
    [
        ("UINT64", (2,), bytes(15)),
        ("UINT64", (2,), bytes(24)),
        ("BYTES", (1,), b"\x02\0\0\0a"),
        ("BYTES", (1,), b"\x02\0"),
        ("BYTES", (2,), b"\x01\0\0\0a"),
        ("BYTES", (1,), b"\xff\xff\xff\xff"),
    ],
)
def test_binary_data_of_another_size_is_refused(datatype: str, shape: tuple[int, ...], data: bytes) -> None:
    with pytest.raises(RequestError):
        from_binary("t", datatype, shape, memoryview(data))


def test_bytes_that_are_no_text_are_given_as_binary_data_only() -> None:
    tensor = of_texts("t", [b"\xff"])
    assert to_binary(tensor) == b"\x01\0\0\0\xff"
    with pytest.raises(RequestError, match="binary"):
        to_json(tensor)
