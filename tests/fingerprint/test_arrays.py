"""The container of arrays: exact, deterministic, and suspicious."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.arrays import pack_arrays, pack_texts, unpack_arrays, unpack_texts

COLUMNS = {
    "flags": np.array([True, False, True]),
    "small": np.arange(5, dtype=np.uint8),
    "keys": np.array([2**64 - 1, 0], np.uint64),
    "levels": np.array([0.5, -1.0]),
    "none": np.empty(0, np.uint32),
}
TYPES = {"flags": "|b1", "small": "|u1", "keys": "<u8", "levels": "<f8", "none": "<u4"}


def test_round_trip() -> None:
    data = pack_arrays("test", 3, COLUMNS)
    read = unpack_arrays(data, "test", 3, TYPES)
    assert list(read) == list(COLUMNS)
    for name, column in COLUMNS.items():
        assert read[name].dtype == column.dtype
        assert np.array_equal(read[name], column)
    assert pack_arrays("test", 3, read) == data


@pytest.mark.parametrize(("kind", "protocol"), [("other", 3), ("test", 4)])
def test_another_kind_or_protocol_is_refused(kind: str, protocol: int) -> None:
    with pytest.raises(CorruptObjectError, match="expected"):
        unpack_arrays(pack_arrays("test", 3, COLUMNS), kind, protocol, TYPES)


def test_every_truncation_is_refused() -> None:
    data = pack_arrays("test", 3, COLUMNS)
    for end in range(len(data)):
        with pytest.raises(CorruptObjectError):
            unpack_arrays(data[:end], "test", 3, TYPES)


def test_more_than_was_written_is_refused() -> None:
    with pytest.raises(CorruptObjectError):
        unpack_arrays(pack_arrays("test", 3, COLUMNS) + b"\0", "test", 3, TYPES)


@pytest.mark.parametrize("types", [{"keys": "<u4"}, {"missing": "<u8"}])
def test_an_array_that_is_missing_or_of_another_type_is_refused(types: dict[str, str]) -> None:
    with pytest.raises(CorruptObjectError, match="no column"):
        unpack_arrays(pack_arrays("test", 3, COLUMNS), "test", 3, types)


def test_objects_are_never_stored() -> None:
    with pytest.raises(TypeError):
        pack_arrays("test", 1, {"objects": np.array([object()])})


@given(st.lists(st.text(st.characters(exclude_characters="\0"))))
def test_texts(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    assert unpack_texts(pack_texts(texts), len(texts)) == texts


def test_a_wrong_number_of_texts_is_refused() -> None:
    with pytest.raises(CorruptObjectError):
        unpack_texts(pack_texts(["a", "b"]), 3)
