"""Layers that unpack to more than their reader can hold."""

from __future__ import annotations

import tarfile

import pytest
from backports import zstd

from praxi_tasks.errors import LimitExceededError
from praxi_tasks.oci.layer import LayerLimits
from tests.hostile.samples import SAMPLE
from tests.support.layers import (
    COMPRESSIONS,
    archive,
    member,
    read,
)


@pytest.mark.parametrize("kind", ["+gzip", "+zstd"])
def test_a_bomb_by_ratio(kind: str) -> None:
    limits = LayerLimits(ratio_floor=1 << 20, max_ratio=100)
    bomb = COMPRESSIONS[kind](archive([member("zeros", bytes(20 << 20))]))
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_RATIO"):
        read(bomb, limits=limits)
    small = COMPRESSIONS[kind](archive([member("zeros", bytes(900 << 10))]))
    assert len(read(small, limits=limits).types) == 1


def test_a_bomb_by_bytes() -> None:
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_BYTES"):
        read(SAMPLE, limits=LayerLimits(max_bytes=4096))


def test_a_sparse_bomb() -> None:
    info = tarfile.TarInfo("hole")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_BYTES"):
        read(bytes(header) + SAMPLE, limits=LayerLimits(max_bytes=1 << 30))


def test_a_window_too_large() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 24,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    packer = zstd.ZstdCompressor(options=options)
    data = packer.compress(SAMPLE) + packer.flush()
    assert len(read(data).types) == 3
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_WINDOW_BYTES"):
        read(data, limits=LayerLimits(max_window_bytes=1 << 20))


@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        (LayerLimits(max_entries=2), "PRAXI_LAYER_MAX_ENTRIES"),
        (LayerLimits(max_path_bytes=3), "PRAXI_LAYER_MAX_PATH_BYTES"),
        (LayerLimits(max_path_length=2), "PRAXI_LAYER_MAX_PATH_LENGTH"),
        (LayerLimits(entry_floor=2, min_entry_bytes=1 << 20), "PRAXI_LAYER_ENTRY_FLOOR"),
    ],
)
def test_each_limit_names_its_setting(limits: LayerLimits, setting: str) -> None:
    with pytest.raises(LimitExceededError, match=setting) as caught:
        read(SAMPLE, limits=limits)
    assert caught.value.where.startswith("sha256:")


def test_files_too_large_to_keep_are_named() -> None:
    listed = [member("large", b"x" * 11), member("a", b"y" * 8), member("b", b"z" * 8)]
    limits = LayerLimits(max_kept_file_bytes=10, max_kept_bytes=15)
    reading = read(archive(listed), limits=limits, retain=lambda _: True)
    assert reading.retained == {"a": b"y" * 8}
    assert reading.too_large == ("large", "b")
