"""Tagsets: what is kept of a changeset, and bytes that survive a round trip or are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.changeset import Changeset
from praxi_tasks.fingerprint.tagset import Tagset

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=10)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)


def make(paths: list[str], whiteouts: tuple[str, ...] = (), opaques: tuple[str, ...] = ()) -> Tagset:
    plain = Tagset.from_paths("sha256:ab", paths)
    numbers = np.arange(len(paths), dtype=np.uint64)
    measured = np.ones(len(paths), np.bool_)
    return Tagset(
        plain.digest, plain.paths, plain.normalised, numbers, numbers * 7, measured, whiteouts, opaques
    )


def columns(tagset: Tagset) -> list[npt.NDArray[Any]]:
    normalised = tagset.normalised
    arrays = [getattr(normalised, name) for name in normalised._fields if name != "folders"]
    return [tagset.sizes, tagset.hashes, tagset.measured, *arrays]


def same(left: Tagset, right: Tagset) -> bool:
    return (left.digest, left.paths, left.whiteouts, left.opaques, left.normalised.folders) == (
        right.digest,
        right.paths,
        right.whiteouts,
        right.opaques,
        right.normalised.folders,
    ) and all(np.array_equal(a, b) for a, b in zip(columns(left), columns(right), strict=True))


@given(st.lists(PATHS, max_size=10), st.lists(PATHS, max_size=3), st.lists(PATHS, max_size=3))
def test_round_trip(paths: list[str], whiteouts: list[str], opaques: list[str]) -> None:
    tagset = make(paths, tuple(whiteouts), tuple(opaques))
    assert same(Tagset.from_bytes(tagset.to_bytes()), tagset)
    assert Tagset.from_bytes(tagset.to_bytes()).to_bytes() == tagset.to_bytes()


def test_undecodable_path_survives() -> None:
    path = b"usr/caf\xe9".decode("utf-8", "surrogateescape")
    assert Tagset.from_bytes(make([path]).to_bytes()).paths == [path]


def changeset(types: str) -> Changeset:
    count = len(types)
    numbers = np.arange(count, dtype=np.uint64)
    return Changeset(
        digest="sha256:cd",
        paths=[f"opt/{number}" for number in range(count)],
        types=np.array([ord(letter) for letter in types], np.uint8),
        sizes=numbers,
        modes=np.zeros(count, np.uint32),
        mtimes=np.zeros(count, np.int64),
        hashes=numbers,
        links={},
        whiteouts=("gone",),
        opaques=("hidden",),
    )


def test_folders_and_devices_are_left_out() -> None:
    tagset = Tagset.from_changeset(changeset("fdlhcbp"))
    assert tagset.paths == ["opt/0", "opt/2", "opt/3"]
    assert tagset.measured.tolist() == [True, False, True]
    assert (tagset.whiteouts, tagset.opaques) == (("gone",), ("hidden",))


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_truncated_bytes_are_refused(cut: int) -> None:
    with pytest.raises(CorruptObjectError):
        Tagset.from_bytes(make(["usr/bin/a"]).to_bytes()[:cut])


def test_a_bomb_is_refused() -> None:
    bomb = zstandard.ZstdCompressor().compress(b"\0" * 10_000_000)
    with pytest.raises(CorruptObjectError):
        Tagset.from_bytes(bomb)


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        Tagset.from_bytes(zstandard.ZstdCompressor().compress(data))
    with pytest.raises(CorruptObjectError):
        Tagset.from_bytes(data)


@given(st.data())
def test_altered_columns_are_refused_or_read(data: st.DataObject) -> None:
    raw = bytearray(zstandard.ZstdDecompressor().decompress(make(["usr/bin/a", "usr/bin/b"]).to_bytes()))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        tagset = Tagset.from_bytes(zstandard.ZstdCompressor().compress(bytes(raw)))
    except CorruptObjectError:
        return
    assert len(tagset.paths) == len(tagset.sizes) == len(tagset.normalised.keys)
