"""Tar headers and pax records that are malformed."""

from __future__ import annotations

import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import LayerError, LimitExceededError
from tests.hostile.samples import SAMPLE, renamed
from tests.support.layers import (
    archive,
    member,
    read,
)


@pytest.mark.parametrize(
    "records",
    [
        b"12 path=a",
        b"x path=a\n",
        b"9999 path=a\n",
        b"9 path=ab\n",
        b"0 \n",
        b"6 a=b\n" + b"6 a=b\nrest",
        b"-5 a=b\n",
    ],
)
def test_malformed_pax_records(records: bytes) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    data = header.tobuf(tarfile.USTAR_FORMAT) + records.ljust(512, b"\0") + SAMPLE
    with pytest.raises(LayerError, match="pax"):
        read(data)


@pytest.mark.parametrize("name", ["usr/bin/x", "var/lib/dpkg/status"])
@pytest.mark.parametrize("size", [3, 511, 513, 70_000])
@pytest.mark.parametrize("step", [1, 512, 700, 1 << 20])
def test_a_last_member_may_lack_its_padding_but_no_data(name: str, size: int, step: int) -> None:
    whole = archive([member(name, b"x" * size)])[: 512 + size + -size % 512]
    hashes = read(whole, piece=step).hashes.tolist()
    for missing in (1, -size % 512):
        assert read(whole[:-missing], piece=step).hashes.tolist() == hashes
    with pytest.raises(LayerError, match="too early"):
        read(whole[: 512 + size - 1], piece=step)


@given(
    st.sampled_from(["usr/bin/x", "var/lib/dpkg/status", "p" * 200]),
    st.integers(0, 1_500),
    st.integers(0, 600),
    st.integers(1, 3_000),
)
def test_a_cut_last_member_is_judged_the_same_at_every_chunk_size(
    name: str, size: int, missing: int, step: int
) -> None:
    whole = archive([member("first", b"y" * 700), member(name, b"x" * size)])
    data = whole[: whole.rindex(b"x") + 1 + -size % 512 - missing] if size else whole[: -missing or None]
    assert judged(data, step) == judged(data, len(data))
    assert size == 0 or (judged(data, step) == "broken") == (missing > -size % 512)


def judged(data: bytes, step: int) -> object:
    """Return the hashes of a layer's members, or that it is broken."""
    try:
        return read(data, piece=step).hashes.tolist()
    except LayerError:
        return "broken"


def test_an_extended_header_of_gigabytes() -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 5 << 30
    with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_HEADER_BYTES"):
        read(header.tobuf(tarfile.GNU_FORMAT) + SAMPLE)


def test_an_extended_header_without_member() -> None:
    with pytest.raises(LayerError, match="too early"):
        read(renamed(b"a")[:1024])


@pytest.mark.parametrize(
    "field", [b"-0000001750", b"0o000001750", b"00000_01750", b"+0000001750", b"9999999999 "]
)
def test_numbers_that_only_python_would_read(field: bytes) -> None:
    data = bytearray(archive([member("a", b"x" * 1000)]))
    data[124:136] = field.ljust(12, b"\0")
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(LayerError, match="no number"):
        read(bytes(data))


def test_a_negative_size() -> None:
    data = bytearray(archive([member("a", b"x")]))
    data[124:136] = b"\xff" * 11 + b"\0"
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(LayerError, match="negative"):
        read(bytes(data))
