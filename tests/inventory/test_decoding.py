"""Values out of records: the same as Python's own functions give, in bounded room."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import DataError
from praxi_tasks.inventory import decoding
from praxi_tasks.inventory.decoding import lines, owned, unix_lines

TEXT = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b"\x0b", b"\xe2\x80\xa8"])).map(b"".join)


@given(TEXT, st.integers(0, 5))
def test_lines_are_those_of_splitlines(data: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "_PIECE", piece)
        assert [*lines(data)] == data.splitlines()


@given(TEXT)
def test_unix_lines_end_at_line_feeds_alone(data: bytes) -> None:
    assert [*unix_lines(data)] == data.split(b"\n")[
        : data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
    ]


@pytest.mark.parametrize("read", [lines, unix_lines])
def test_short_lines_take_the_room_of_a_piece(read: object) -> None:
    data = b"a\n" * (2 << 20)
    assert callable(read)
    tracemalloc.start()
    count = sum(1 for _ in read(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2 << 20
    assert peak < 40 << 20  # a list of them takes 130 MB


def test_a_release_owns_no_more_paths_than_a_layer_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_INVENTORY_MAX_PATHS", "10")
    assert len(owned(map(str, range(10)), 1 << 20)) == 10
    with pytest.raises(DataError, match="PRAXI_INVENTORY_MAX_PATHS"):
        owned(map(str, range(11)), 1 << 20)
