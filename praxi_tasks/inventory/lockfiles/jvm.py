"""Gradle's lock files: a line for each artifact, with the configurations that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import MAVEN
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_LOCKED: Final = re.compile(rb"([^\s:#=]+:[^\s:=]+):([^\s:=]+)(?:=.*)?")


def read_gradle_lock(data: bytes) -> Iterator[Pin]:
    """Yield the artifacts that Gradle locked."""
    for line in lines(data):
        if found := _LOCKED.fullmatch(line):
            yield Pin(text(found[1]), text(found[2]))


READER: Final[Reader] = lock_reader(
    MAVEN, {"gradle.lockfile": read_gradle_lock, "buildscript-gradle.lockfile": read_gradle_lock}
)
