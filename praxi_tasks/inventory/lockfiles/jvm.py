"""Gradle's lock files, a line for each artifact, and its list of the artifacts whose check sums it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import MAVEN
from praxi_tasks.inventory.decoding import as_utf8, text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_COMPONENT: Final = re.compile(rb"<component\s([^<>]{1,2000})>")
_ATTRIBUTE: Final = re.compile(rb"""\b(group|name|version)=["']([^"'<>]{1,400})["']""")
_PARTS: Final = 3
_LOCKED: Final = re.compile(rb"([^\s:#=]+:[^\s:=]+):([^\s:=]+)(?:=.*)?")


def read_gradle_lock(data: bytes) -> Iterator[Pin]:
    """Yield the artifacts that Gradle locked."""
    for line in lines(data):
        if found := _LOCKED.fullmatch(line):
            yield Pin(text(found[1]), text(found[2]))


def read_verification(data: bytes) -> Iterator[Pin]:
    """Yield the artifacts of a ``verification-metadata.xml``, which are all that a build may fetch."""
    for found in _COMPONENT.finditer(as_utf8(data)):
        said = dict(_ATTRIBUTE.findall(found[1]))
        if len(said) == _PARTS:
            yield Pin(text(said[b"group"] + b":" + said[b"name"]), text(said[b"version"]))


READER: Final[Reader] = lock_reader(
    MAVEN,
    {
        "gradle.lockfile": read_gradle_lock,
        "buildscript-gradle.lockfile": read_gradle_lock,
        "verification-metadata.xml": read_verification,
    },
)
