from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Callable
from contextlib import suppress

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.store.compressed import DAMAGED, decompressed


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lzma.compress, zstandard.compress, lz4.frame.compress]
)
@given(content=st.binary(max_size=300))
def test_content_comes_back_however_it_is_packed(pack: Callable[[bytes], bytes], content: bytes) -> None:
    plain = b"Package: x\n" + content
    assert decompressed(io.BytesIO(pack(plain))).read() == plain


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lz4.frame.compress])
def test_a_truncated_file_is_told(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(bytes(range(256)) * 40)
    with pytest.raises(DAMAGED):
        decompressed(io.BytesIO(whole[: len(whole) // 2])).read()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.compress, lz4.frame.compress])
@given(places=st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_file_is_told_or_read(
    pack: Callable[[bytes], bytes], places: list[tuple[int, int]]
) -> None:
    damaged = bytearray(pack(b"".join(b"Package: %d\n" % number for number in range(200))))
    for place, value in places:
        damaged[8 + place % (len(damaged) - 8)] = value
    with suppress(*DAMAGED):
        decompressed(io.BytesIO(damaged)).read(1 << 20)
