"""Lua's ``luarocks.lock``: a table of Lua's, one release a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import LUAROCKS
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_RELEASE: Final = re.compile(
    rb"""\s*(?:\["([\w.-]+)"\]|([A-Za-z_]\w*)) = "([\w.]+-\d+)",?\s*"""
)  # a version of LuaRocks' ends with a revision


def read_luarocks_lock(data: bytes) -> Iterator[Pin]:
    """Yield the rocks that LuaRocks pinned."""
    for line in lines(data):
        if found := _RELEASE.fullmatch(line):
            yield Pin(text(found[1] or found[2]), text(found[3]))


READER: Final[Reader] = lock_reader(LUAROCKS, {"luarocks.lock": read_luarocks_lock})
