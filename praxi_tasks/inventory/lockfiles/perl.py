"""Perl's ``cpanfile.snapshot``, which Carton writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import CPAN
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_DISTRIBUTION: Final = re.compile(rb"  ([A-Za-z][\w.+-]*)-(v?\d[\w.]*)\s*")


def read_snapshot(data: bytes) -> Iterator[Pin]:
    """Yield the distributions that Carton locked."""
    for line in lines(data):
        if found := _DISTRIBUTION.fullmatch(line):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(CPAN, {"cpanfile.snapshot": read_snapshot})
