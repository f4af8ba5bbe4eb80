"""Damaged bytes: a typed error, or harmless rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.errors import DigestMismatchError, PraxiError
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, read_layer
from tests.hostile.samples import SAMPLE
from tests.support.layers import (
    COMPRESSIONS,
    MEDIA_TYPE,
    VerifiedBlob,
    describe,
    read,
)


def test_a_wrong_digest_explains_the_damage() -> None:
    descriptor = describe(COMPRESSIONS["+gzip"](SAMPLE))
    damaged = bytearray(COMPRESSIONS["+gzip"](SAMPLE))
    damaged[200] ^= 0xFF
    blob = VerifiedBlob(bytes(damaged), descriptor.digest)
    with pytest.raises(DigestMismatchError):
        read_layer(blob, descriptor, limits=LayerLimits(), retain=lambda _: False)


def test_what_the_source_raises_comes_through_and_the_thread_ends() -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        read_layer(
            Broken(), Descriptor(MEDIA_TYPE, "sha256:0", 1), limits=LayerLimits(), retain=lambda _: False
        )


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(COMPRESSIONS)),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), max_size=4),
    st.floats(0.01, 1),
)
def test_damage_raises_only_our_errors(kind: str, flips: list[tuple[float, int]], kept: float) -> None:
    data = bytearray(COMPRESSIONS[kind](SAMPLE))
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    try:
        reading = read(bytes(data[: int(kept * len(data))]), limits=LayerLimits(max_bytes=64 << 20))
    except PraxiError:
        return
    assert len(reading.types) == len(reading.hashes) == bytes(reading.paths).count(0)
