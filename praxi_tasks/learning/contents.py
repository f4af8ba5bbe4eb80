"""Debian's Contents indexes: which path is in which package, for a whole archive.

``apt-file update`` fetches them. A line is a path and the packages that have it, ``section/name`` each,
separated by commas; versions, sizes and contents are not told.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from xxhash import xxh3_64_intdigest

from praxi_tasks.discovery.catalogue import CORE, Catalogue
from praxi_tasks.discovery.contents import Contents
from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint.paths import (
    PathKind,
    folder_kind,
    join,
    name_varies,
    normalise_all,
    normalise_folder,
    normalise_name,
)
from praxi_tasks.learning.building import sample_keys
from praxi_tasks.learning.folders import FolderOwners
from praxi_tasks.learning.reading import open_lines

ECOSYSTEM: Final = "deb"
MOST_FILES: Final = 1_500
"""How many files of a package are read back to make up layers of."""
_LINE: Final = re.compile(
    rb"\S.*\s[a-z0-9.+/_-]+/[a-z0-9][a-z0-9.+-]+(?:,[a-z0-9.+/_-]+)*\s*$", re.IGNORECASE
)


def is_contents(path: Path) -> bool:
    """Return whether a file reads like a Contents index: by its lines, whatever it is called."""
    start = [line for line in islice(open_lines(path), 50) if line.strip()]
    fitting = sum(_LINE.match(line) is not None for line in start)
    return bool(start) and not start[0].lstrip().startswith(b"{") and fitting * 2 > len(start)


def build_contents(paths: Iterable[Path]) -> Catalogue:
    """Build the catalogue of the packages of some Contents indexes.

    Raises
    ------
    DataError
        If a file can't be read or names no package.
    """
    collector = _Collector()
    for path in paths:
        before = len(collector.packages)
        collector.read(open_lines(path))
        if len(collector.packages) == before == 0:
            raise DataError(
                "no line names a package", where=str(path), action="give an apt-file Contents index"
            )
    return collector.catalogue()


class _Collector:
    """Gathers key and owner of every path, and who has files in which folder."""

    def __init__(self) -> None:
        self.packages: dict[bytes, int] = {}
        self._owners: dict[bytes, tuple[int, ...]] = {}
        self._folders: dict[bytes, tuple[str, bytes, PathKind]] = {}
        self._exclusive = FolderOwners()
        self._keys, self._numbers = array("Q"), array("I")
        self._extra_keys, self._extra_numbers = array("Q"), array("I")

    def read(self, lines: Iterator[bytes]) -> None:
        """Read the lines of one index."""
        last: tuple[bytes, bytes] = (b"", b"")
        for line in lines:
            try:
                path, listed = line.rsplit(None, 1)
            except ValueError:
                continue
            owners = self._owners.get(listed) or self._register(listed)
            raw, _, name = path.rpartition(b"/")
            folder, prefix, kind = self._folders.get(raw) or self._folder(raw)
            if (raw, listed) != last:
                last = (raw, listed)
                for owner in owners:
                    self._exclusive.add(folder, owner)
            if kind is not PathKind.DOC:
                self._key(prefix, name, owners, core=kind in CORE)

    def _key(self, prefix: bytes, name: bytes, owners: tuple[int, ...], *, core: bool) -> None:
        if name_varies(name):
            spelled, _ = normalise_name(name.decode("utf-8", "surrogateescape"))
            name = spelled.encode("utf-8", "surrogateescape")
        key = xxh3_64_intdigest(prefix + name)
        keys, numbers = (self._keys, self._numbers) if core else (self._extra_keys, self._extra_numbers)
        for owner in owners:
            keys.append(key)
            numbers.append(owner)

    def _register(self, listed: bytes) -> tuple[int, ...]:
        names = [entry.rpartition(b"/")[2] for entry in listed.split(b",") if b"/" in entry]
        owners = tuple(self.packages.setdefault(name, len(self.packages)) for name in names if name)
        self._owners[listed] = owners
        return owners

    def _folder(self, raw: bytes) -> tuple[str, bytes, PathKind]:
        folder = normalise_folder(raw.decode("utf-8", "surrogateescape"))
        prefix = join(folder, "").encode("utf-8", "surrogateescape")
        found = self._folders[raw] = (folder, prefix, folder_kind(folder))
        return found

    def catalogue(self) -> Catalogue:
        """Make the catalogue of what was read, packages in order of their names."""
        ordered = sorted(self.packages)
        rank = np.empty(len(ordered), np.uint32)
        rank[[self.packages[name] for name in ordered]] = np.arange(len(ordered))
        core = np.arange(len(self._keys) + len(self._extra_keys)) < len(self._keys)
        keys, owners, core = sample_keys(
            np.concatenate([np.asarray(self._keys, np.uint64), np.asarray(self._extra_keys, np.uint64)]),
            rank[
                np.concatenate([np.asarray(self._numbers), np.asarray(self._extra_numbers)]).astype(np.intp)
            ],
            core,
        )
        folders, folder_owners = self._exclusive.exclusive()
        count = len(ordered)
        expected = np.bincount(owners[core], minlength=count).astype(np.uint32)
        return Catalogue(
            packages=[f"{ECOSYSTEM}/{name.decode('ascii', 'replace')}" for name in ordered],
            expected=expected,
            extras=np.bincount(owners, minlength=count).astype(np.uint32) - expected,
            keys=keys,
            owners=owners,
            folders=folders,
            folder_owners=rank[folder_owners],
            versions=[],
            version_starts=np.zeros(count + 1, np.uint32),
            **Contents.empty(count).columns(),
        )


def read_packages(paths: Iterable[Path], wanted: Collection[str]) -> list[Release]:
    """Return what some packages contain, of versions unknown; names are as in the index, without section."""
    names = {name.encode() for name in wanted}
    files: dict[bytes, list[str]] = {name: [] for name in sorted(names)}
    for path in paths:
        for line in open_lines(path):
            listed = line[line.rfind(b"/") + 1 :].rstrip() if b"," not in line else b""
            if listed and listed not in names:
                continue
            found, _, owners = line.rstrip().rpartition(b" ")
            for owner in owners.split(b","):
                if (name := owner.rpartition(b"/")[2]) in names and len(files[name]) < MOST_FILES:
                    files[name].append(found.strip().decode("utf-8", "surrogateescape"))
    return [_release(name.decode(), listed_files) for name, listed_files in files.items() if listed_files]


def _release(name: str, paths: list[str]) -> Release:
    nothing = np.zeros(len(paths), np.uint64)
    unmeasured = np.zeros(len(paths), np.bool_)
    return Release(ECOSYSTEM, name, "", paths, normalise_all(paths), nothing, nothing, unmeasured)
