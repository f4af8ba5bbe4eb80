"""Decompression: what is read is what was packed, in even pieces, with or without isal."""

from __future__ import annotations

import bz2
import lzma
import random
import sys
import threading
from collections.abc import Callable

import pytest

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.oci.layer.chunks import CHUNK_SIZE, Chunks
from praxi_tasks.oci.layer.decompress import CountingReader, decompress
from praxi_tasks.oci.layer.limits import LayerLimits
from tests.support import images
from tests.support.layers import COMPRESSIONS, MEDIA_TYPE, VerifiedBlob, describe

DATA = random.Random(3).randbytes(700_000) + bytes(900_000)


def blob(data: bytes, piece: int = 100_000) -> VerifiedBlob:
    return VerifiedBlob(data, describe(data).digest, piece)


@pytest.mark.parametrize("kind", COMPRESSIONS)
@pytest.mark.parametrize("piece", [7, 65_536, 1 << 30])
def test_pieces_are_even_whatever_the_blob_gives(kind: str, piece: int) -> None:
    packed = COMPRESSIONS[kind](DATA)
    with Chunks(blob(packed, piece), MEDIA_TYPE, LayerLimits()) as chunks:
        pieces = list(iter(chunks.next, b""))
    assert b"".join(pieces) == DATA
    assert {len(one) for one in pieces[:-1]} == {CHUNK_SIZE}
    assert chunks.next() == b""


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_many_small_members_are_one_stream(kind: str) -> None:
    parts = [DATA[start : start + 5000] for start in range(0, len(DATA), 5000)]
    packed = b"".join(map(COMPRESSIONS[kind], parts))
    with Chunks(blob(packed), MEDIA_TYPE, LayerLimits()) as chunks:
        assert b"".join(iter(chunks.next, b"")) == DATA


def test_the_standard_library_steps_in_for_isal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    packed = COMPRESSIONS["+gzip"](DATA)
    raw = CountingReader(blob(packed))
    content = decompress(raw, MEDIA_TYPE, LayerLimits())
    assert content.read(len(DATA) + 1) == DATA
    assert raw.count == len(packed)
    broken = decompress(CountingReader(blob(packed[:-9])), MEDIA_TYPE, LayerLimits())
    with pytest.raises(LayerError, match="too early"):
        broken.read(len(DATA) + 1)


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_who_stops_early_leaves_no_thread(taken: int) -> None:
    before = threading.active_count()
    with Chunks(blob(COMPRESSIONS["+gzip"](bytes(64 << 20))), MEDIA_TYPE, LayerLimits()) as chunks:
        for _ in range(taken):
            assert chunks.next()
    assert threading.active_count() == before


OLDER: dict[str, Callable[[bytes], bytes]] = {"bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("kind", OLDER)
@pytest.mark.parametrize("piece", [1, 100_000])
def test_older_compressions_are_read_whatever_they_are_called(kind: str, piece: int) -> None:
    data = DATA[600_000:800_000]
    packed = OLDER[kind](data)
    with Chunks(blob(packed, piece), f"{MEDIA_TYPE}+gzip", LayerLimits()) as chunks:
        assert b"".join(iter(chunks.next, b"")) == data
    several = packed + OLDER[kind](b"") + OLDER[kind](data) + bytes(8 if kind == "xz" else 0)
    content = decompress(CountingReader(blob(several)), MEDIA_TYPE, LayerLimits())
    assert b"".join(iter(lambda: content.read(99_999), b"")) == data + data
    assert decompress(CountingReader(blob(OLDER[kind](b""))), MEDIA_TYPE, LayerLimits()).read(9) == b""


@pytest.mark.parametrize("kind", OLDER)
def test_older_compressions_that_are_broken(kind: str) -> None:
    packed = OLDER[kind](DATA)
    for broken, message in ((packed[:-9], "too early"), (packed + b"more", "damaged|too early")):
        content = decompress(CountingReader(blob(broken)), MEDIA_TYPE, LayerLimits())
        with pytest.raises(LayerError, match=message):
            content.read(len(DATA) + 1)
    flipped = bytes([*packed[:5000], packed[5000] ^ 255, *packed[5001:]])
    content = decompress(CountingReader(blob(flipped)), MEDIA_TYPE, LayerLimits())
    with pytest.raises(LayerError, match=f"the {kind} stream is damaged"):
        content.read(len(DATA) + 1)


def test_the_window_of_xz_is_bounded() -> None:
    packed = lzma.compress(DATA, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 64 << 20}])
    content = decompress(CountingReader(blob(packed)), MEDIA_TYPE, LayerLimits(max_window_bytes=8 << 20))
    with pytest.raises(LimitExceededError, match="too large a window"):
        content.read(1)


@pytest.mark.parametrize("plain", [images.tar_bytes({"a": b"x"}), bytes(10_240), b""])
@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_plain_tar_is_one_whatever_it_is_called(plain: bytes, kind: str) -> None:
    content = decompress(CountingReader(blob(plain)), f"{MEDIA_TYPE}+{kind}", LayerLimits())
    assert content.read(len(plain) + 1) == plain


@pytest.mark.parametrize("wrong", [b"<html>" + bytes(600), b"x", b"\xff" * 512])
def test_what_is_no_tar_is_refused(wrong: bytes) -> None:
    with pytest.raises(LayerError, match="not of its media type"):
        decompress(CountingReader(blob(wrong)), f"{MEDIA_TYPE}+gzip", LayerLimits())
