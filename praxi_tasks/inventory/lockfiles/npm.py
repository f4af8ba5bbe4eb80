"""JavaScript's: npm, Yarn, pnpm, Bun and Deno."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from praxi_tasks.ecosystems import JSR, NPM
from praxi_tasks.inventory.decoding import document, text
from praxi_tasks.inventory.lockfiles.bun_lockb import read_bun_lockb
from praxi_tasks.inventory.lockfiles.lock_file import Pin, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_FOLDER: Final = "node_modules/"
_RELEASE: Final = re.compile(r"/?(?P<name>(?:@[^/@]+/)?[^/@]+)[@/](?P<version>\d[^_(/@]*)(?:[_(].*)?")
_ALIAS: Final = re.compile(r"npm:((?:@[^/@]+/)?[^/@]+)@(.+)")
_YARN_KEY: Final = re.compile(rb'"?(?P<name>(?:@[^/@"\s]+/)?[^/@"\s]+)@(?P<range>[^",]*)')
_YARN_VERSION: Final = re.compile(rb'  "?version"?:? "?(\d[^"\s]*)')
_OTHER_RANGES: Final = re.compile(rb"(?:workspace|file|link|portal|git|github|https?|ssh)[:+]|[\w-]+/[\w.-]+")
_BUN: Final = re.compile(rb'\s*(?:"(?:[^"\\]|\\.)*":\s*\[)?"((?:@[^/"@]+/)?[^@"/]+@\d[^"@]*)"')
_BUN_OPENED: Final = re.compile(rb'\s*"(?:[^"\\]|\\.)*":\s*\[\s*')


class _Entry(msgspec.Struct):
    name: str = ""
    version: Any = ""
    link: bool = False
    dependencies: Any = None


class _PackageLock(msgspec.Struct):
    packages: dict[str, _Entry] | None = None
    dependencies: dict[str, _Entry] = {}


class _Deno(msgspec.Struct):
    npm: dict[str, Any] = {}
    jsr: dict[str, Any] = {}
    packages: dict[str, Any] = {}


def read_package_lock(data: bytes) -> Iterator[Pin]:
    """Yield what npm locked, in the form of any of its versions.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    lock = document(data, _PackageLock, "no lock file of npm")
    if lock.packages is None:
        yield from _nested(lock.dependencies)
        return
    for path, entry in lock.packages.items():
        place = path.rfind(_FOLDER)
        if place >= 0 and not entry.link:
            yield _pin(entry.name or path[place + len(_FOLDER) :], entry.version)


def _nested(dependencies: dict[str, _Entry]) -> Iterator[Pin]:
    """Yield what the first form of npm's lock files holds: packages inside those that need them."""
    left = list(dependencies.items())
    while left:
        name, entry = left.pop()
        yield _pin(name, entry.version)
        if isinstance(entry.dependencies, dict):
            left.extend(
                (name, msgspec.convert(below, _Entry))
                for name, below in entry.dependencies.items()
                if isinstance(below, dict) and isinstance(below.get("link", False), bool)
            )


def _pin(name: str, version: object) -> Pin:
    """Return a pin; without a version for what is of no registry, such as a folder or a commit."""
    written = version if isinstance(version, str) else ""
    if alias := _ALIAS.fullmatch(written):
        return Pin(alias[1], alias[2])
    return Pin(name, written if written[:1].isdigit() else "")


def read_yarn_lock(data: bytes) -> Iterator[Pin]:
    """Yield what Yarn locked: a line of the ranges that lead to a package, and below it the package."""
    name = ""
    for line in lines(data):
        if line and not line.startswith((b" ", b"#")):
            name = _described(line)
        elif name and (version := _YARN_VERSION.match(line)):
            yield Pin(name, text(version[1]))


def _described(line: bytes) -> str:
    """Return the package that a line of ranges is about; nothing for a folder or a commit."""
    found = _YARN_KEY.match(line)
    if found is None or _OTHER_RANGES.match(found["range"]):
        return ""
    alias = _ALIAS.match(text(found["range"]))
    return alias[1] if alias else text(found["name"])


def read_pnpm_lock(data: bytes) -> Iterator[Pin]:
    """Yield the keys below ``packages``: ``/@s/x/1.0.0``, ``/@s/x@1.0.0`` or ``@s/x@1.0.0``."""
    inside = False
    for line in lines(data):
        if line and not line.startswith((b" ", b"#")):
            inside = line.rstrip() == b"packages:"
        elif inside and line.startswith(b"  ") and line[2:3].strip() and line.rstrip().endswith(b":"):
            key = text(line).rstrip(":").strip("'\"")
            if found := _RELEASE.fullmatch(key):
                yield Pin(found["name"], found["version"])


def read_bun_lock(data: bytes) -> Iterator[Pin]:
    """Yield what Bun locked: a package is a line of its JSON with comments, or its array begins on one."""
    opened = False
    for line in lines(data):
        found = _BUN.match(line) if opened or b"[" in line else None
        opened = _BUN_OPENED.fullmatch(line) is not None
        if found:
            name, _, version = text(found[1]).rpartition("@")
            yield Pin(name, version)


def read_deno_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages of npm and JSR that Deno locked.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    lock = document(data, _Deno, "no lock file of Deno")
    below = (
        (NPM, lock.npm),
        (NPM, lock.npm.get("packages")),
        (NPM, lock.packages.get(NPM.purl_type)),
        (JSR, lock.jsr),
        (JSR, lock.packages.get(JSR.purl_type)),
    )
    for row, keys in below:
        for key in keys if isinstance(keys, dict) else ():
            if found := _RELEASE.fullmatch(key):
                yield Pin(found["name"], found["version"], row)


READER: Final[Reader] = lock_reader(
    NPM,
    {
        "package-lock.json": read_package_lock,
        "npm-shrinkwrap.json": read_package_lock,
        "yarn.lock": read_yarn_lock,
        "pnpm-lock.yaml": read_pnpm_lock,
        "bun.lock": read_bun_lock,
        "bun.lockb": read_bun_lockb,
        "deno.lock": read_deno_lock,
    },
)
