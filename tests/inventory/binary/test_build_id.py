"""The build-id of an ELF file, in a segment of notes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.inventory import build_id_of_file
from praxi_tasks.oci.layer import FileContent
from tests.inventory.binary.programs import inspect
from tests.support.programs import elf, elf_with_notes, pe

ID = bytes(range(20))


def note(text: bytes, owner: bytes = b"GNU\0", kind: int = 3) -> bytes:
    return struct.pack("<III", len(owner), len(text), kind) + owner + text + bytes(-len(text) % 4)


def known_as(data: bytes, path: str = "usr/bin/tool") -> int:
    return build_id_of_file(path, FileContent(data, len(data)))


def test_it_stays_when_the_rest_changes() -> None:
    found = known_as(elf_with_notes(note(ID)))
    assert found != 0
    assert known_as(elf_with_notes(note(ID), b"stripped"), "app/other") == found
    assert known_as(elf_with_notes(note(ID[::-1]))) != found
    assert inspect(elf_with_notes(note(ID))).build_id == found


def test_it_is_one_of_several_notes() -> None:
    others = note(b"\0" * 16, kind=1) + note(b"text", b"FDO\0", 0xCAFE1A7E)
    assert known_as(elf_with_notes(others + note(ID))) == known_as(elf_with_notes(note(ID)))
    assert known_as(elf_with_notes(note(b"action/content", b"Go\0\0", 4))) != 0


@pytest.mark.parametrize(
    "data",
    [
        elf_with_notes(b""),
        elf_with_notes(note(ID, kind=1)),
        elf_with_notes(note(b"short")),
        elf_with_notes(note(ID, b"Me\0\0")),
        elf_with_notes(note(ID))[:130],
        elf({}),
        pe({}),
        b"\x7fELF",
        b"text",
    ],
)
def test_what_has_none(data: bytes) -> None:
    assert known_as(data) == 0


def test_the_symbols_of_a_program_are_not_the_elf_with_notes() -> None:
    assert known_as(elf_with_notes(note(ID)), "usr/lib/debug/.build-id/00/0102.debug") == 0


@pytest.mark.parametrize(("first", "known"), [(bytes(64), True), (b"\1" * 64, False)])
def test_what_follows_the_notes_may_be_another_files(first: bytes, known: bool) -> None:
    """A table of sections begins with an empty one."""
    data = elf_with_notes(note(ID))
    head = data[:40] + struct.pack("<Q", len(data)) + data[48:58] + struct.pack("<HHH", 64, 1, 0) + data[64:]
    assert bool(known_as(head + first)) is known


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    known_as(b"\x7fELF\2\1\1" + data)
    known_as(elf_with_notes(data))


@pytest.mark.parametrize(("size", "whole"), [(0, True), (4, True), (5, False), (1 << 63, False)])
def test_a_file_that_ends_before_what_is_loaded_has_none(size: int, whole: bool) -> None:
    notes = note(ID)
    head = elf_with_notes(notes)[:64]
    counted = head[:56] + struct.pack("<H", 2) + head[58:]
    rows = struct.pack("<IIQQQQQQ", 4, 4, 176, 176, 176, len(notes), len(notes), 4)
    rows += struct.pack("<IIQQQQQQ", 1, 5, 176 + len(notes), 4096, 4096, size, size, 4096)
    assert bool(known_as(counted + rows + notes + b"code")) is whole
