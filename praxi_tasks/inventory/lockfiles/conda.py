"""conda's: conda-lock, explicit lists of URLs, pixi, and the pins of an ``environment.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from praxi_tasks.ecosystems import CONDA, PYPI, Ecosystem
from praxi_tasks.inventory.decoding import text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, ReadLock, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.reader import Reader

_FIELD: Final = re.compile(rb"""(\s*)(- )?([\w-]+):\s*["']?([^"'\s#]*)["']?.*""")
_ENDINGS: Final = (b".conda", b".tar.bz2")
_PARTS: Final = 3  # name, version and build in an archive's name
# One version, maybe with its build: behind ``=`` or, as conda lists what is installed, behind blanks.
_SPEC: Final = re.compile(
    rb"""\s*-\s*["']?(?:[\w./-]+::)?([\w.-]+)(?:\s*={1,2}\s*|[ ]+)(\d[^=\s"'#*,|<>]*)"""
    rb"""(?:[= ][\w.-]+)?["']?\s*(?:#.*)?"""
)
_PIP: Final = re.compile(rb"(\s*)-\s*pip\s*:\s*")
_PIP_SPEC: Final = re.compile(rb"""\s*-\s*["']?([\w.-]+)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s"'#;,*]+)""")


def read_conda_lock(data: bytes) -> Iterator[Pin]:
    """Yield the items of ``package`` in a file of conda-lock."""
    fields: dict[bytes, bytes] = {}
    inside = False
    for line in (*lines(data), b"end:"):
        found = _FIELD.fullmatch(line)
        if found is None:
            continue
        if found[2] or not found[1]:
            if inside and fields:
                row = PYPI if fields.get(b"manager") == b"pip" else CONDA
                yield Pin(text(fields.get(b"name", b"")), text(fields.get(b"version", b"")), row)
            fields = {}
        if not found[1] and not found[2]:
            inside = found[3] == b"package"
        elif len(found[1]) <= _ITEM:
            fields.setdefault(found[3], found[4])


_ITEM: Final = 4  # columns before a field of an item; those of its dependencies have more


def read_explicit_list(data: bytes) -> Iterator[Pin]:
    """Yield the releases that the URLs of an explicit list, or of conda's packages in pixi's file, name."""
    for line in lines(data):
        url = line.strip().removeprefix(b"- ").removeprefix(b"conda: ").partition(b"#")[0]
        parts = url.rpartition(b"/")[2].rsplit(b"-", _PARTS - 1)
        if b"://" in url and url.endswith(_ENDINGS) and len(parts) == _PARTS:
            yield Pin(text(parts[0]), text(parts[1]))


def read_pixi_lock(data: bytes) -> Iterator[Pin]:
    """Yield what pixi locked: archives of conda's by their URL, PyPI's releases by their fields."""
    yield from read_explicit_list(data)
    name = b""
    of_pypi = False
    for line in lines(data):
        found = _FIELD.fullmatch(line)
        if found is None:
            continue
        if found[2]:
            of_pypi, name = found[3] == b"pypi" or found[4] == b"pypi", b""
        elif found[3] == b"name":
            name = found[4]
        elif found[3] == b"version" and of_pypi and name:
            yield Pin(text(name), text(found[4]), PYPI)


def read_environment(data: bytes) -> Iterator[Pin]:
    """Yield the dependencies of an environment that name one version, also those of pip."""
    inside, pip = False, -1
    for line in lines(data):
        if line[:1].strip(b"-# ") and line.rstrip():
            inside, pip = line.startswith(b"dependencies:"), -1
        elif inside and (start := _PIP.match(line)):
            pip = len(start[1])
        elif inside and (found := _spec(line, pip)):
            yield found


def _spec(line: bytes, pip: int) -> Pin | None:
    """Return what an item of the dependencies pins; below ``pip`` it is pip's, in pip's words."""
    column = len(line) - len(line.lstrip())
    row: Ecosystem = PYPI if 0 <= pip < column else CONDA
    found = _PIP_SPEC.match(line) if row is PYPI else _SPEC.fullmatch(line)
    return Pin(text(found[1]), text(found[2]), row) if found else None


def _choose(path: str) -> ReadLock | None:
    name = path.rpartition("/")[2]
    if name.endswith(("conda-lock.yml", "conda-lock.yaml")):
        return read_conda_lock
    return read_explicit_list if name.startswith("conda-") and name.endswith(".lock") else None


READER: Final[Reader] = lock_reader(
    CONDA,
    {
        "conda.lock": read_explicit_list,
        "pixi.lock": read_pixi_lock,
        "environment.yml": read_environment,
        "environment.yaml": read_environment,
    },
    _choose,
    ("conda-lock.yml", "conda-lock.yaml", ".lock"),
)
