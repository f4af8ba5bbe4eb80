"""Swift's ``Package.resolved`` and CocoaPods' ``Podfile.lock``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import COCOAPODS, SWIFT
from praxi_tasks.inventory.decoding import document, text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_POD: Final = re.compile(rb'  - "?([^\s"/()]+)(?:/[^\s"()]+)* \(([\w.+-]+)\)"?:?\s*')
_REPOSITORY: Final = re.compile(r"(?:[a-z+]+://)?(?:[^@/]+@)?([\w.-]+)[:/](.+?)(?:\.git)?/?")


class _State(msgspec.Struct):
    version: str | None = None


class _Pin(msgspec.Struct):
    location: str = ""
    url: str = msgspec.field(default="", name="repositoryURL")
    state: _State = msgspec.field(default_factory=_State)


class _Pins(msgspec.Struct):
    pins: list[_Pin] = []


class _Resolved(msgspec.Struct):
    pins: list[_Pin] = []
    object: _Pins = msgspec.field(default_factory=_Pins)


def read_package_resolved(data: bytes) -> Iterator[Pin]:
    """Yield the packages that Swift's package manager resolved; branches and commits are no releases.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    found = document(data, _Resolved, "no lock file of Swift's package manager")
    for pin in (*found.pins, *found.object.pins):
        if place := _REPOSITORY.fullmatch(pin.location or pin.url):
            yield Pin(f"{place[1]}/{place[2]}", pin.state.version or "")


def read_podfile_lock(data: bytes) -> Iterator[Pin]:
    """Yield the pods that CocoaPods locked; of one that is in parts, once."""
    inside = False
    for line in lines(data):
        if line[:1].strip():
            inside = line.strip() == b"PODS:"
        elif inside and (found := _POD.fullmatch(line)):
            yield Pin(text(found[1]), text(found[2]), COCOAPODS)


READER: Final[Reader] = lock_reader(
    SWIFT, {"Package.resolved": read_package_resolved, "Podfile.lock": read_podfile_lock}
)
