"""Crates in Rust programs: the list that cargo-auditable leaves, or else the places that panics would name.

The list is a section of compressed JSON (cargo-auditable's ``PARSING.md``). Without it, crates that can panic
have left the paths of their sources, with name and version, in the program's constants.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import CARGO
from praxi_tasks.errors import DataError
from praxi_tasks.inventory.binary.file_reader import ProgramReader
from praxi_tasks.inventory.binary.program import Program
from praxi_tasks.inventory.claim import Claim
from praxi_tasks.json_decoding import decode_shallow

_LIST: Final = ".dep-v0"
_MOST_LIST: Final = 8 << 20  # bytes, unpacked: what the format's own readers take
_CONSTANTS: Final = frozenset({".rodata", ".rdata", "__const", "__cstring"})
_OVERLAP: Final = 512
_MOST_CRATES: Final = 20_000
_CRATE: Final = (
    rb"(?P<name>[A-Za-z][\w-]{0,99}?)-(?P<version>\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][\w.+-]{1,60})?)[/\\]"
)
# Where cargo unpacks crates, where distributions do, and where the standard library's were.
_PLACES: Final = (
    re.compile(rb"registry[/\\]src[/\\][\w.-]{1,100}[/\\]" + _CRATE),
    re.compile(rb"share/cargo/registry/" + _CRATE),
    re.compile(rb"rust[/\\]deps[/\\]" + _CRATE),
)


class _Package(msgspec.Struct):
    name: str
    version: str
    kind: str = "runtime"


class _List(msgspec.Struct):
    packages: list[_Package]


def read_crates(program: Program) -> Iterator[Claim]:
    """Yield the crates of a Rust program, those that only its build needed left out.

    Raises
    ------
    DataError
        If the list of its crates is damaged.
    """
    section = program.find(_LIST)
    found = _panicking(program) if section is None else decode_list(program.read(section))
    for name, version in found:
        yield Claim(CARGO.purl_type, name, version, program.path, files=(program.path,))


def decode_list(data: bytes) -> list[tuple[str, str]]:
    """Return the names and versions of the crates in cargo-auditable's list.

    Raises
    ------
    DataError
        If it is no such list, or a far larger one than any.
    """
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, _MOST_LIST)
        if not unpacking.eof:
            raise DataError("the list of its crates is cut off, or too long")
        packages = decode_shallow(text, _List).packages
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"the list of its crates can't be read: {error}") from None
    return [(package.name, package.version) for package in packages if package.kind != "build"]


def _panicking(program: Program) -> list[tuple[str, str]]:
    crates: dict[tuple[bytes, bytes], None] = {}
    for section in program.named(_CONSTANTS):
        for window in program.windows(_OVERLAP, section):
            for place in _PLACES:
                found = place.finditer(window)
                crates.update(dict.fromkeys((one["name"], one["version"]) for one in found))
            if len(crates) > _MOST_CRATES:
                raise DataError(f"it holds the paths of more than {_MOST_CRATES:,} crates")
    return sorted((name.decode(), version.decode()) for name, version in crates)


READER: Final = ProgramReader(name="list of crates", read=read_crates)
