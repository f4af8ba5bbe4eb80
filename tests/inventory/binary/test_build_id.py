"""The build-id of an ELF file, in a segment of notes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.inventory import build_id_of_file
from praxi_tasks.oci.layer import FileContent
from tests.inventory.binary.programs import inspect
from tests.support.programs import elf, pe

ID = bytes(range(20))


def note(text: bytes, owner: bytes = b"GNU\0", kind: int = 3) -> bytes:
    return struct.pack("<III", len(owner), len(text), kind) + owner + text + bytes(-len(text) % 4)


def program(notes: bytes, code: bytes = b"code") -> bytes:
    """Return an ELF file of 64 bits that has one segment, of notes, and no sections."""
    head = b"\x7fELF\2\1\1" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 4, 4, 120, 120, 120, len(notes), len(notes), 4) + notes + code


def known_as(data: bytes, path: str = "usr/bin/tool") -> int:
    return build_id_of_file(path, FileContent(data, len(data)))


def test_it_stays_when_the_rest_changes() -> None:
    found = known_as(program(note(ID)))
    assert found != 0
    assert known_as(program(note(ID), b"stripped"), "app/other") == found
    assert known_as(program(note(ID[::-1]))) != found
    assert inspect(program(note(ID))).build_id == found


def test_it_is_one_of_several_notes() -> None:
    others = note(b"\0" * 16, kind=1) + note(b"text", b"FDO\0", 0xCAFE1A7E)
    assert known_as(program(others + note(ID))) == known_as(program(note(ID)))
    assert known_as(program(note(b"action/content", b"Go\0\0", 4))) != 0


@pytest.mark.parametrize(
    "data",
    [
        program(b""),
        program(note(ID, kind=1)),
        program(note(b"short")),
        program(note(ID, b"Me\0\0")),
        program(note(ID))[:130],
        elf({}),
        pe({}),
        b"\x7fELF",
        b"text",
    ],
)
def test_what_has_none(data: bytes) -> None:
    assert known_as(data) == 0


def test_the_symbols_of_a_program_are_not_the_program() -> None:
    assert known_as(program(note(ID)), "usr/lib/debug/.build-id/00/0102.debug") == 0


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    known_as(b"\x7fELF\2\1\1" + data)
    known_as(program(data))
