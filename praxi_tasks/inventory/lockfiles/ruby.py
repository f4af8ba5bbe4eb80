"""Ruby's ``Gemfile.lock``: the gems of an index; those of folders and commits are in other sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import GEM
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_GEM: Final = re.compile(rb" {4}([\w.-]+) \(([^\s()-]+)(?:-[^\s()]+)?\)\s*")


def read_gemfile_lock(data: bytes) -> Iterator[Pin]:
    """Yield the gems that Bundler locked, without their platforms."""
    inside = False
    for line in lines(data):
        if line[:1].strip():
            inside = line.strip() == b"GEM"
        elif inside and (found := _GEM.fullmatch(line)):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(
    GEM, {"Gemfile.lock": read_gemfile_lock, "gems.locked": read_gemfile_lock}
)
