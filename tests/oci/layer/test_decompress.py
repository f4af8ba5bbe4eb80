"""Decompression: what is read is what was packed, in even pieces, with or without isal."""

from __future__ import annotations

import random
import sys
import threading

import pytest

from praxi_tasks.errors import LayerError
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


def test_a_bzip2_layer_is_named() -> None:
    import bz2

    with pytest.raises(LayerError, match="bzip2"):
        decompress(CountingReader(blob(bz2.compress(DATA))), MEDIA_TYPE, LayerLimits())


@pytest.mark.parametrize("plain", [images.tar_bytes({"a": b"x"}), bytes(10_240), b""])
@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_plain_tar_is_one_whatever_it_is_called(plain: bytes, kind: str) -> None:
    content = decompress(CountingReader(blob(plain)), f"{MEDIA_TYPE}+{kind}", LayerLimits())
    assert content.read(len(plain) + 1) == plain


@pytest.mark.parametrize("wrong", [b"<html>" + bytes(600), b"x", b"\xff" * 512])
def test_what_is_no_tar_is_refused(wrong: bytes) -> None:
    with pytest.raises(LayerError, match="not of its media type"):
        decompress(CountingReader(blob(wrong)), f"{MEDIA_TYPE}+gzip", LayerLimits())
