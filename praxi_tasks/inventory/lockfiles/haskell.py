"""Haskell's: Cabal's ``cabal.project.freeze`` and Stack's ``stack.yaml.lock``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import HACKAGE
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_FROZEN: Final = re.compile(rb"(?:constraints:)?\s*(?:any\.)?([A-Za-z0-9-]+) ==([0-9.]+),?\s*")
_COMPLETED: Final = re.compile(rb"\s*hackage: ([A-Za-z0-9-]+)-([0-9.]+)@sha256:[0-9a-f]+(?:,\d+)?\s*")


def read_freeze(data: bytes) -> Iterator[Pin]:
    """Yield the versions that Cabal froze."""
    return _matched(_FROZEN, data)


def read_stack_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages of Hackage that Stack completed; those of its snapshot are not in the file."""
    return _matched(_COMPLETED, data)


def _matched(pattern: re.Pattern[bytes], data: bytes) -> Iterator[Pin]:
    for line in lines(data):
        if found := pattern.fullmatch(line):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(
    HACKAGE, {"cabal.project.freeze": read_freeze, "stack.yaml.lock": read_stack_lock}
)
