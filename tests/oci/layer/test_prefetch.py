"""Pieces made ahead by a thread: all of them, in order, not too many, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import TruncatedBlobError
from praxi_tasks.oci.layer.prefetch import Prefetcher

NAME = "praxi-test-ahead"


def is_running() -> bool:
    return any(thread.name == NAME for thread in threading.enumerate())


@given(st.lists(st.binary(min_size=1, max_size=50)), st.integers(1, 60))
def test_every_byte_comes_once_and_in_order(pieces: list[bytes], size: int) -> None:
    with Prefetcher(lambda: iter(pieces), NAME) as prefetcher:
        read = list(iter(lambda: bytes(prefetcher.read(size)), b""))
    assert b"".join(read) == b"".join(pieces)
    assert all(len(part) <= size for part in read)
    assert prefetcher.next() == b""


def test_pieces_come_as_they_were_made() -> None:
    pieces = [bytes([number]) * number for number in range(1, 40)]
    with Prefetcher(lambda: iter(pieces), NAME) as prefetcher:
        assert list(iter(prefetcher.next, b"")) == pieces


def test_what_ends_the_making_is_raised_after_what_was_made() -> None:
    def broken() -> Iterator[bytes]:
        yield b"whole"
        raise TruncatedBlobError("cut off", where="here")

    with Prefetcher(broken, NAME) as prefetcher:
        assert prefetcher.next() == b"whole"
        with pytest.raises(TruncatedBlobError, match="cut off"):
            prefetcher.next()
        assert prefetcher.stopped
    assert not is_running()


def test_who_leaves_early_leaves_no_thread_and_little_was_made() -> None:
    made: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            made.append(len(made))
            yield b"piece"

    with Prefetcher(endless, NAME) as prefetcher:
        assert prefetcher.next() == b"piece"
    assert not is_running()
    assert len(made) < 10
