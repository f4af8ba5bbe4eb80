"""Python's: Poetry, uv, PDM, Pipenv, PEP 751's ``pylock.toml``, and requirements that name one version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from praxi_tasks.ecosystems import PYPI
from praxi_tasks.inventory.decoding import document, text
from praxi_tasks.inventory.lockfiles.lock_file import Pin, ReadLock, lock_reader
from praxi_tasks.inventory.lockfiles.short_lines import lines
from praxi_tasks.inventory.lockfiles.tables import Table, read_tables
from praxi_tasks.inventory.reader import Reader

_LOCAL: Final = re.compile(r"(?:vcs|directory|git|hg|svn|bzr|path|archive\.path)(?:\..*)?")
_NO_INDEX: Final = re.compile(r"\{\s*(?:virtual|editable|directory|path|git)\s*=")
_NO_INDEX_TYPES: Final = frozenset(("directory", "file", "git"))
_PINNED: Final = re.compile(
    rb"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;#,\\*]+)(?![\w.*,])"
)
_REQUIREMENTS: Final = "requirements"
_PYODIDE: Final = "repodata.json"  # once; conda's lists of all its packages are called so as well
_CONSTRAINTS: Final = "constraints"


class _Locked(msgspec.Struct):
    version: str = ""
    index: str | None = None


class _Packed(msgspec.Struct):
    name: str = ""
    version: str = ""


class _Pyodide(msgspec.Struct):
    packages: dict[str, _Packed] = {}


class _Pipfile(msgspec.Struct):
    default: dict[str, _Locked] = {}
    develop: dict[str, _Locked] = {}


def read_tables_of_packages(data: bytes) -> Iterator[Pin]:
    """Yield the releases of an index that a lock file of Poetry, uv, PDM or PEP 751 names."""
    for header, table in read_tables(data):
        if header in {"package", "packages"} and not _is_local(table):
            yield Pin(table.get("name", ""), table.get("version", ""))


def _is_local(table: Table) -> bool:
    """Return whether a package is a folder, a file or a commit, which no index has."""
    if table.get("source.type") in _NO_INDEX_TYPES or _NO_INDEX.match(table.get("source", "")):
        return True
    return any(map(_LOCAL.fullmatch, table))


def read_pipfile(data: bytes) -> Iterator[Pin]:
    """Yield what Pipenv locked, for development as well.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    found = document(data, _Pipfile, "no lock file of Pipenv")
    for name, locked in (*found.default.items(), *found.develop.items()):
        yield Pin(name, locked.version.lstrip("="))


def read_requirements(data: bytes) -> Iterator[Pin]:
    """Yield the requirements that allow one version only."""
    for line in lines(data):
        if found := _PINNED.match(line):
            yield Pin(text(found[1]), text(found[2]))


def read_pyodide_lock(data: bytes) -> Iterator[Pin]:
    """Yield the packages that Pyodide offers, of which few are loaded.

    Raises
    ------
    DataError
        If it is no such JSON object.
    """
    for package in document(data, _Pyodide, "no list of Pyodide's packages").packages.values():
        yield Pin(package.name, package.version)


def _choose(path: str) -> ReadLock | None:
    folder, _, name = path.rpartition("/")
    if name.endswith(".toml"):
        return read_tables_of_packages if name.startswith("pylock.") else None
    if name == _PYODIDE:
        return read_pyodide_lock if folder.endswith("pyodide") else None
    is_meant = _REQUIREMENTS in name or name.startswith(_CONSTRAINTS) or folder.endswith(f"/{_REQUIREMENTS}")
    return read_requirements if is_meant and name.endswith(".txt") else None


READER: Final[Reader] = lock_reader(
    PYPI,
    {
        "poetry.lock": read_tables_of_packages,
        "uv.lock": read_tables_of_packages,
        "pdm.lock": read_tables_of_packages,
        "pylock.toml": read_tables_of_packages,
        "Pipfile.lock": read_pipfile,
        "requirements.txt": read_requirements,
        "pyodide-lock.json": read_pyodide_lock,
    },
    _choose,
    (".txt", ".toml", _PYODIDE),
)
