"""The version resource of Windows' programs and .NET assemblies: texts such as ``ProductVersion``.

The forms are those of Microsoft's PE format (the resource section) and of ``VS_VERSIONINFO``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from praxi_tasks.inventory.binary.program import Program

_RESOURCES: Final = 2  # of a PE file's tables
_VERSION: Final = 16  # the type of version resources
_FOLDER: Final = 1 << 31
_MOST_ENTRIES: Final = 256
_MOST_BYTES: Final = 1 << 16
_MOST_TREE: Final = 1 << 20
_MOST_TEXTS: Final = 256
_HEADER: Final = 6
_TABLES: Final = "StringFileInfo"


def read_version_texts(program: Program) -> Mapping[str, str]:
    """Return the texts of a program's version resource by their names; empty where it has none."""
    tree = program.table(_RESOURCES, _MOST_TREE)
    place = _entry(tree, 0, _VERSION)
    for _ in range(2):  # its name, and the first language
        if place & _FOLDER:
            place = _entry(tree, place & ~_FOLDER, None)
    if place <= 0 or place & _FOLDER or place + 8 > len(tree):
        return {}
    address, size = _numbers(tree, place)
    data = program.at(program.base + address, min(size, _MOST_BYTES))
    return dict(_texts(data, _start(data), len(data)))


def _entry(tree: bytes, folder: int, wanted: int | None) -> int:
    """Return where a folder's entry leads, by its number or the first; zero where there is none."""
    named, numbered = (int.from_bytes(tree[folder + at : folder + at + 2], "little") for at in (12, 14))
    for row in range(min(named + numbered, _MOST_ENTRIES)):
        start = folder + 16 + 8 * row
        number, place = _numbers(tree, start)
        if wanted is None or number == wanted:
            return place
    return 0


def _numbers(data: bytes, start: int) -> tuple[int, int]:
    return int.from_bytes(data[start : start + 4], "little"), int.from_bytes(
        data[start + 4 : start + 8], "little"
    )


def _start(data: bytes) -> int:
    """Return where the parts of a version resource begin: after its own name and its fixed numbers."""
    name = _name(data, _HEADER)
    return _aligned(_aligned(_HEADER + 2 * len(name) + 2) + int.from_bytes(data[2:4], "little"))


def _texts(data: bytes, start: int, end: int) -> Iterator[tuple[str, str]]:
    """Yield the texts of each language's table; the first that a name has counts."""
    found: dict[str, str] = {}
    for first, last, name in _blocks(data, start, end):
        if name == _TABLES:
            for first_of_table, end_of_table, _ in _blocks(data, first, last):
                for place, _, key in _blocks(data, first_of_table, end_of_table):
                    found.setdefault(key, _name(data, place))
    yield from found.items()


def _blocks(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield where the content of each block begins and ends, and the block's name."""
    for _ in range(_MOST_TEXTS):
        length = int.from_bytes(data[start : start + 2], "little")
        if length < _HEADER or start + length > end:
            return
        name = _name(data, start + _HEADER)
        yield _aligned(start + _HEADER + 2 * len(name) + 2), start + length, name
        start = _aligned(start + length)


def _name(data: bytes, start: int) -> str:
    """Return the UTF-16 text at a place, without the NUL that ends it."""
    end = start
    while data[end : end + 2] not in {b"\0\0", b""}:
        end += 2
    return data[start:end].decode("utf-16-le", "replace")


def _aligned(place: int) -> int:
    return place + -place % 4
