from __future__ import annotations

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.inventory import Claim, Distribution, Inventory

texts = st.text(max_size=8)
# Paths as readers give them: any bytes but NUL, what is not UTF-8 as surrogates.
paths = (
    st.binary(min_size=1, max_size=8)
    .filter(lambda data: b"\0" not in data)
    .map(lambda data: data.decode("utf-8", "surrogateescape"))
)
claims = st.builds(
    Claim,
    ecosystem=texts,
    name=texts,
    version=texts,
    database=paths,
    architecture=texts,
    source=texts,
    source_version=texts,
    files=st.lists(paths, max_size=3).map(tuple),
    licences=st.lists(texts, max_size=2).map(tuple),
)
inventories = st.builds(
    Inventory,
    digest=texts,
    claims=st.lists(claims, max_size=3).map(tuple),
    databases=st.lists(paths, max_size=3).map(tuple),
    distribution=st.none() | st.builds(Distribution, id=texts, version_id=texts),
    problems=st.lists(paths, max_size=3).map(tuple),
)
EXAMPLE = Inventory(
    "sha256:0", (Claim("deb", "tar", "1", "var/lib/dpkg/status", files=("bin/tar",)),), ("x",)
)


@given(inventories)
def test_bytes_hold_everything_and_are_always_the_same(inventory: Inventory) -> None:
    data = inventory.to_bytes()
    again = Inventory.from_bytes(data)
    assert again == inventory
    assert again.to_bytes() == data


def test_every_truncation_is_refused() -> None:
    data = EXAMPLE.to_bytes()
    for length in range(len(data)):
        with pytest.raises(CorruptObjectError):
            Inventory.from_bytes(data[:length])


@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    head = EXAMPLE.to_bytes()[:6]
    for data in (garbage, head + garbage, head + zstandard.compress(garbage)):
        with pytest.raises(CorruptObjectError):
            Inventory.from_bytes(data)


def test_a_later_protocol_is_refused() -> None:
    data = bytearray(EXAMPLE.to_bytes())
    data[4] += 1
    with pytest.raises(CorruptObjectError, match="protocol"):
        Inventory.from_bytes(bytes(data))


def test_a_bomb_is_refused_by_its_stated_size() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj(size=-1)
    unsized = compressor.compress(bytes(1000)) + compressor.flush()
    with pytest.raises(CorruptObjectError, match="size is impossible"):
        Inventory.from_bytes(EXAMPLE.to_bytes()[:6] + unsized)
