"""Dart's ``pubspec.lock``: the packages of an index, which it calls hosted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import PUB
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_NAME: Final = re.compile(rb"  (\w+):\s*")
_FIELD: Final = re.compile(rb"""    (source|version): "?([^"\s]+)"?\s*""")


def read_pubspec_lock(data: bytes) -> Iterator[Pin]:
    """Yield the hosted packages that pub locked."""
    name, hosted = b"", False
    for line in lines(data):
        if found := _NAME.fullmatch(line):
            name, hosted = found[1], False
        elif field := _FIELD.fullmatch(line):
            if field[1] == b"source":
                hosted = field[2] == b"hosted"
            elif hosted and name:
                yield Pin(text(name), text(field[2]))


READER: Final[Reader] = lock_reader(PUB, {"pubspec.lock": read_pubspec_lock})
