"""The changeset as an object of the store: exact, deterministic, and not fooled."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint.arrays import pack_arrays, unpack_arrays
from praxi_tasks.fingerprint.build_ids import BuildIds
from praxi_tasks.fingerprint.changeset import Changeset
from praxi_tasks.fingerprint.texts import LinkTargets, Texts
from praxi_tasks.store.keys import CHANGESET_PROTOCOL

FIELDS = [field.name for field in dataclasses.fields(Changeset)]
# Any bytes but NUL, as os.fsdecode gives them.
texts = st.binary(max_size=40).map(lambda data: data.replace(b"\0", b"").decode("utf-8", "surrogateescape"))


@st.composite
def changesets(draw: st.DrawFn) -> Changeset:
    paths = draw(st.lists(texts.filter(bool), unique=True, max_size=20))
    count = len(paths)

    def column(low: int, high: int) -> list[int]:
        return draw(st.lists(st.integers(low, high), min_size=count, max_size=count))

    types = draw(st.lists(st.sampled_from(b"fdlhcbp"), min_size=count, max_size=count))
    return Changeset(
        digest="sha256:" + "0" * 64,
        paths=paths,
        types=np.array(types, np.uint8),
        sizes=np.array(column(0, 2**64 - 1), np.uint64),
        modes=np.array(column(0, 0o7777), np.uint32),
        mtimes=np.array(column(-(2**63), 2**63 - 1), np.int64),
        hashes=np.array(column(0, 2**64 - 1), np.uint64),
        links={row: draw(texts) for row, kind in enumerate(types) if kind in b"lh"},
        whiteouts=tuple(draw(st.lists(texts, max_size=4))),
        opaques=tuple(draw(st.lists(texts, max_size=4))),
        build_ids=BuildIds.of(paths, dict.fromkeys(paths[::3], 2**64 - 1)),
        program_rows=draw(st.sampled_from([None, np.arange(0, count, 2, dtype=np.uint32)])),
    )


def listed(changeset: Changeset) -> list[object]:
    values = [getattr(changeset, field) for field in FIELDS]
    return [
        dict(value)
        if isinstance(value, dict | LinkTargets)
        else value
        if isinstance(value, str | None)
        else value.column(len(changeset)).tolist()
        if isinstance(value, BuildIds)
        else list(value)
        for value in values
    ]


SAMPLE = Changeset(
    digest="sha256:" + "1" * 64,
    paths=["a", "a/b", "a/l", "caf\udce9"],
    types=np.frombuffer(b"dflf", np.uint8),
    sizes=np.array([0, 5, 0, 7], np.uint64),
    modes=np.array([0o755, 0o644, 0o777, 0o600], np.uint32),
    mtimes=np.array([1, 2, 3, -4], np.int64),
    hashes=np.array([0, 2**63 + 1, 0, 9], np.uint64),
    links={2: "b"},
    whiteouts=("gone",),
    opaques=("", "a"),
)


@settings(max_examples=200, deadline=None)
@given(changesets())
def test_comes_back_as_it_was(changeset: Changeset) -> None:
    data = changeset.to_bytes()
    back = Changeset.from_bytes(data)
    assert listed(back) == listed(changeset)
    assert back.to_bytes() == data


@pytest.mark.parametrize("rows", [[1, 1], [3, 1], [4]])
def test_rows_of_programs_that_do_not_fit_are_refused(rows: list[int]) -> None:
    damaged = dataclasses.replace(SAMPLE, program_rows=np.array(rows, np.uint32))
    with pytest.raises(CorruptObjectError):
        Changeset.from_bytes(damaged.to_bytes())


def test_a_row_of_each_column() -> None:
    back = Changeset.from_bytes(SAMPLE.to_bytes())
    assert len(back) == 4
    assert back.paths[-1] == "caf\udce9"
    assert back.paths[1:3] == ["a/b", "a/l"]
    assert back.links[2] == "b"
    assert 1 not in back.links
    assert back.links.get(3, "none") == "none"
    with pytest.raises(IndexError):
        back.paths[4]


@settings(max_examples=300, deadline=None)
@given(st.floats(0, 0.999), st.integers(1, 255), st.floats(0, 1))
def test_damaged_bytes_are_refused_or_read(place: float, mask: int, kept: float) -> None:
    data = bytearray(SAMPLE.to_bytes())
    data[int(place * len(data))] ^= mask
    for damaged in (bytes(data), bytes(data[: int(kept * len(data))])):
        try:
            back = Changeset.from_bytes(damaged)
        except CorruptObjectError:
            continue
        assert len(back.paths) == len(back.types) == len(back.mtimes)


def repacked(**changed: np.ndarray[tuple[int], np.dtype[np.generic]]) -> bytes:
    packed = zstandard.ZstdDecompressor().decompress(SAMPLE.to_bytes())
    arrays = unpack_arrays(packed, "changeset", CHANGESET_PROTOCOL, {}) | changed
    return zstandard.ZstdCompressor().compress(pack_arrays("changeset", CHANGESET_PROTOCOL, arrays))


@pytest.mark.parametrize(
    "changed",
    [
        {"types": np.frombuffer(b"dfl", np.uint8)},
        {"types": np.frombuffer(b"dfl?", np.uint8)},
        {"sizes": np.zeros(4, np.int64)},
        {"link_rows": np.array([4], np.uint32)},
        {"link_rows": np.array([1, 2], np.uint32)},
        {"link_targets": np.frombuffer(b"b\0c\0", np.uint8), "link_rows": np.array([2, 1], np.uint32)},
        {"paths": np.frombuffer(b"a\0b\0c\0d", np.uint8)},
        {"paths": np.frombuffer(b"a\0", np.uint8)},
        {"digest": np.frombuffer(b"", np.uint8)},
    ],
)
def test_columns_that_do_not_add_up(changed: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]) -> None:
    assert len(Changeset.from_bytes(repacked())) == 4
    with pytest.raises(CorruptObjectError):
        Changeset.from_bytes(repacked(**changed))


@pytest.mark.parametrize(
    "data", [b"", b"{}", zstandard.compress(b""), zstandard.compress(b"PRXA" + bytes(100))]
)
def test_other_bytes(data: bytes) -> None:
    with pytest.raises(CorruptObjectError):
        Changeset.from_bytes(data)


def test_another_protocol_is_refused() -> None:
    packed = pack_arrays("changeset", CHANGESET_PROTOCOL + 1, {})
    with pytest.raises(CorruptObjectError, match="protocol"):
        Changeset.from_bytes(zstandard.compress(packed))


def test_a_bomb_is_refused() -> None:
    packer = zstandard.ZstdCompressor().compressobj(size=3 << 30)
    claims_much = packer.compress(b"x") + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    assert zstandard.frame_content_size(claims_much) == 3 << 30
    with pytest.raises(CorruptObjectError, match="impossible"):
        Changeset.from_bytes(claims_much)


@given(st.lists(texts, max_size=40))
def test_texts_are_a_sequence(values: list[str]) -> None:
    held = Texts.of(values)
    assert list(held) == values
    assert [held[row] for row in range(len(held))] == values
    assert held == values


def test_many_texts_come_in_slabs() -> None:
    for count in (4095, 4096, 4097, 8192, 10_000):
        values = [str(number) for number in range(count)]
        assert list(Texts.of(values)) == values
        assert list(Texts.of([""] * count)) == [""] * count
