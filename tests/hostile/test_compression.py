"""Streams that are cut off, follow each other, or are not what the media type says."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from praxi_tasks.errors import LayerError
from praxi_tasks.fingerprint import Changeset
from tests.hostile.samples import SAMPLE
from tests.support.layers import (
    COMPRESSIONS,
    MEDIA_TYPE,
    archive,
    member,
    read,
)


@pytest.mark.parametrize("kept", [3, 18, 1000, -9, -1])
@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_truncated_stream(kind: str, kept: int) -> None:
    with pytest.raises(LayerError):
        read(COMPRESSIONS[kind](SAMPLE)[:kept], media_type=MEDIA_TYPE + kind)


@pytest.mark.parametrize("kept", [100, 512, 700, 1536, 6000])
def test_truncated_archive(kept: int) -> None:
    with pytest.raises(LayerError, match="too early"):
        read(SAMPLE[: kept if kept != 512 else 1100])


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
@pytest.mark.parametrize("cut", [1, 511, 512, 3000])
def test_streams_in_several_members_are_one(kind: str, cut: int) -> None:
    pack = COMPRESSIONS[kind]
    whole = Changeset.from_reading(read(SAMPLE))
    parts = pack(SAMPLE[:cut]) + pack(SAMPLE[cut:])
    assert list(Changeset.from_reading(read(parts)).paths) == list(whole.paths)


def test_a_second_archive_behind_the_first_is_not_looked_at() -> None:
    second = archive([member("hidden")])
    for data in (SAMPLE + second, COMPRESSIONS["+gzip"](SAMPLE) + COMPRESSIONS["+gzip"](second)):
        assert list(Changeset.from_reading(read(data)).paths) == ["a", "a/b", "a/l"]


def test_members_behind_a_lone_zero_block() -> None:
    with pytest.raises(LayerError, match="lone block"):
        read(SAMPLE[:512] + bytes(512) + SAMPLE[512:])


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
@pytest.mark.parametrize("garbage", [b"x", b"garbage behind the stream", b"\0garbage"])
def test_garbage_behind_the_stream(kind: str, garbage: bytes) -> None:
    with pytest.raises(LayerError):
        read(COMPRESSIONS[kind](SAMPLE) + garbage)


def test_zeros_behind_gzip_are_padding() -> None:
    assert len(read(COMPRESSIONS["+gzip"](SAMPLE) + bytes(1000)).types) == 3


def test_skippable_zstd_frames_are_skipped() -> None:
    skipped = b"\x5a\x2a\x4d\x18\x04\0\0\0note"
    data = skipped + COMPRESSIONS["+zstd"](SAMPLE) + skipped
    assert len(read(data).types) == 3


@pytest.mark.parametrize(
    "data", [b"\x28\xb5\x2f\xfd garbage and more of it", b"no archive at all" * 99, b"\x1f\x8b\x08"]
)
def test_garbage(data: bytes) -> None:
    with pytest.raises(LayerError):
        read(data)


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_the_media_type_promises_a_compression(kind: str) -> None:
    with pytest.raises(LayerError, match="media type"):
        read(b"nothing like it" * 100, media_type=MEDIA_TYPE + kind)


@pytest.mark.parametrize("kind", COMPRESSIONS)
@pytest.mark.parametrize("promised", COMPRESSIONS)
def test_the_bytes_decide_over_the_media_type(kind: str, promised: str) -> None:
    if kind or not promised:
        assert len(read(COMPRESSIONS[kind](SAMPLE), media_type=MEDIA_TYPE + promised).types) == 3


@pytest.mark.parametrize("tar", [bytes(1024), b""], ids=["zeros", "nothing"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_empty_layer(tar: bytes, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(tar)
    reading = read(packed)
    assert (len(reading.types), len(reading.paths), reading.whiteouts) == (0, 0, ())
