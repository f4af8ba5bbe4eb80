from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.zip_directory import count_members


def archive(members: int, comment: bytes = b"", before: bytes = b"") -> io.BytesIO:
    file = io.BytesIO(before)
    file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file, "a") as made:
        for number in range(members):
            made.writestr(f"{number}", b"")
        made.comment = comment
    return file


@pytest.mark.parametrize("members", [0, 1, 7, 70_000])  # more than 65,535 need the larger form
def test_members_are_counted(members: int) -> None:
    assert count_members(archive(members)) == members


@pytest.mark.parametrize("comment", [b"short", b"c" * 65_535])
def test_a_comment_and_what_stands_before_hide_none(comment: bytes) -> None:
    assert count_members(archive(3, comment, b"#!/bin/sh\n")) == 3


@given(st.binary(max_size=300))
def test_what_is_no_archive_has_no_members(data: bytes) -> None:
    assert count_members(io.BytesIO(data)) >= 0


@given(st.integers(0, 5), st.binary(max_size=40), st.binary(max_size=60), st.integers(0, 200))
def test_no_damage_lets_more_members_through(members: int, comment: bytes, noise: bytes, place: int) -> None:
    data = bytearray(archive(members, comment).getvalue())
    data[place : place + len(noise)] = noise
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as made:
            listed = len(made.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return
    assert count_members(io.BytesIO(data)) >= listed


def test_counting_takes_no_memory_of_the_members() -> None:
    file = archive(70_000)
    tracemalloc.start()
    count_members(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20
