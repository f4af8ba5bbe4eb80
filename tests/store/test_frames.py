"""Frames from anywhere: what they claim is believed only within bounds."""

from __future__ import annotations

from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.store.frames import unpack_frame


def pack(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@given(st.binary(max_size=1000))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert unpack_frame(pack(data), 1000) == data


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_or_unpacked_within_bounds(data: bytes) -> None:
    with suppress(ValueError):
        assert len(unpack_frame(data, 50)) <= 50


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_a_frame_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match=r"decompressed|impossible"):
        unpack_frame(pack(b"some text, some text")[:-cut], 1000)


def test_more_than_allowed_is_refused_before_it_is_made() -> None:
    with pytest.raises(ValueError, match="impossible"):
        unpack_frame(pack(bytes(1 << 20)), (1 << 20) - 1)


def test_a_frame_that_hides_its_size_is_refused() -> None:
    hidden = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 100)
    with pytest.raises(ValueError, match="impossible"):
        unpack_frame(hidden, 1000)


@pytest.mark.parametrize("content", [b"one", b""])
def test_what_stands_behind_a_frame_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="decompressed"):
        unpack_frame(pack(content) + b"more", 1000)


def test_a_checksum_is_asked_for_and_compared() -> None:
    frame = zstandard.ZstdCompressor(write_checksum=True).compress(b"some text")
    assert unpack_frame(frame, 1000, checked=True) == b"some text"
    with pytest.raises(ValueError, match="no checksum"):
        unpack_frame(pack(b"some text"), 1000, checked=True)
    with pytest.raises(ValueError, match="decompressed"):
        unpack_frame(frame[:-1] + bytes([frame[-1] ^ 1]), 1000, checked=True)
