"""Boosted trees as arrays decide as XGBoost does, and damaged ones are refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from praxi_tasks.discovery.trees import Trees
from praxi_tasks.discovery.ubjson import read_ubjson
from praxi_tasks.errors import CorruptObjectError


@cache
def table() -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    values = rng.random((400, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


def booster(**settings_: object) -> tuple[xgboost.Booster, bytes]:
    truth = np.nan_to_num(table()[:, 0]) + 2 * np.nan_to_num(table()[:, 3]) > 1.2
    trained = xgboost.train(
        {"objective": "binary:logistic", "nthread": 1, **settings_}, xgboost.DMatrix(table(), truth), 20
    )
    return trained, bytes(trained.save_raw("ubj"))


@pytest.mark.parametrize(
    "settings_",
    [
        {},
        {"max_depth": 1},
        {"base_score": 0.5, "max_depth": 8},
        {"max_depth": 0, "max_leaves": 9, "grow_policy": "lossguide"},
    ],
)
def test_decides_as_xgboost(settings_: dict[str, object]) -> None:
    trained, data = booster(**settings_)
    expected = trained.predict(xgboost.DMatrix(table()))
    assert np.allclose(Trees(data).probability(table()), expected, atol=1e-6)


def test_no_rows() -> None:
    assert len(Trees(booster()[1]).probability(np.empty((0, 6), np.float32))) == 0


@cache
def small() -> bytes:
    return booster(max_depth=2)[1]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_altered_bytes_never_do_harm(data: st.DataObject) -> None:
    raw = bytearray(small())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    try:
        trees = Trees(bytes(raw))
    except CorruptObjectError:
        return
    if trees.features == 6:
        assert len(trees.probability(table())) == len(table())


def test_a_tree_that_reads_no_feature_is_refused() -> None:
    raw = bytearray(small())
    head = b"split_indices[$l#L"
    first = raw.index(head) + len(head) + 8  # after the number of nodes
    raw[first] = 0x80  # a negative number of a feature
    with pytest.raises(CorruptObjectError):
        Trees(bytes(raw))


def test_every_tenth_truncation_is_refused() -> None:
    raw = small()
    for end in range(0, len(raw), 10):
        with pytest.raises(CorruptObjectError):
            Trees(raw[:end])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"[" * 500,
        b"{i\x01a",
        b"[$d#l\x7f\xff\xff\xff",
        b"Si\xff",
        b"x",
        b"T" * 2,
        b"[$Z#L\x7f" + b"\xff" * 7,
        b"[#l\xff\xff\xff\xff",
        b"{#i\xff",
    ],
)
def test_hostile_ubjson_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        read_ubjson(data)


def test_plain_values() -> None:
    assert read_ubjson(b"{i\x01a[i\x01U\xffTFZ]i\x01bSi\x02hi}") == {
        "a": [1, 255, True, False, None],
        "b": "hi",
    }
