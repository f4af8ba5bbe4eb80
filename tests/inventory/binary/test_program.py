from __future__ import annotations

from praxi_tasks.inventory.binary.program import Program, Section
from praxi_tasks.oci.layer import FileContent

CONTENT = FileContent(b"0123456789", 10)


def program(*sections: Section) -> Program:
    return Program("x", CONTENT, "elf", sections=sections)


def test_of_sections_of_one_name_the_first_few_count() -> None:
    many = program(*(Section(".rodata", number, 0, 10) for number in range(10_000)))
    assert [section.address for section in many.named({".rodata"})] == list(range(8))


def test_bytes_by_their_address() -> None:
    known = program(Section("a", 100, 2, 4), Section("b", 200, 8, 1 << 60))
    assert known.at(101, 2) == b"34"
    assert known.at(101, 99) == b"345"
    assert known.at(200, 99) == b"89"
    assert known.at(104, 1) == known.at(0, 1) == b""


def test_sections_that_the_file_does_not_hold() -> None:
    outside = Section(".data", 0, 1 << 62, 1 << 62)
    assert program(outside).read(outside) == b""
    assert list(program(outside).windows(4, outside)) == []
