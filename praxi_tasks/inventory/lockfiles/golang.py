"""Go's ``go.mod``, with its replacements, and the check sums of ``go.sum``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import GOLANG
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_BLOCK: Final = re.compile(rb"(\w+)\s*\(\s*(?://.*)?")
_REQUIRED: Final = re.compile(rb'"?([^\s"]+)"?\s+(v[^\s/]+)\s*(?://.*)?')
_REPLACED: Final = re.compile(rb"(\S+)(?:\s+(v\S+))?\s+=>\s+(\S+)(?:\s+(v[^\s/]+))?\s*(?://.*)?")
_SUM: Final = re.compile(rb"(\S+) (v[^\s/]+) h1:\S+\s*")


def read_go_mod(data: bytes) -> Iterator[Pin]:
    """Yield the modules that a ``go.mod`` requires, as its replacements have them; folders are none."""
    required: dict[bytes, bytes] = {}
    replaced: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
    for word, rest in _directives(data):
        if word == b"require" and (found := _REQUIRED.fullmatch(rest)):
            required[found[1]] = found[2]
        elif word == b"replace" and (found := _REPLACED.fullmatch(rest)):
            replaced[found[1], found[2] or b""] = (found[3], found[4] or b"")
    for required_name, required_version in required.items():
        every = replaced.get((required_name, b""), (required_name, required_version))
        name, version = replaced.get((required_name, required_version), every)
        yield Pin(text(name), text(version))


def _directives(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the directives of a ``go.mod``, a block's each with the word before it."""
    block = b""
    for raw in lines(data):
        line = raw.strip()
        if block and line != b")":
            yield block, line
        elif start := _BLOCK.fullmatch(line):
            block = start[1]
        else:
            block = b""
            word, _, rest = line.partition(b" ")
            yield word, rest.strip()


def read_go_sum(data: bytes) -> Iterator[Pin]:
    """Yield the modules of which a ``go.sum`` has the content's check sum, not only that of a ``go.mod``."""
    for line in lines(data):
        if found := _SUM.fullmatch(line):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(GOLANG, {"go.mod": read_go_mod, "go.sum": read_go_sum})
