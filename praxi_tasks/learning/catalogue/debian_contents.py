"""Debian's Contents indexes: which path is in which package, for a whole archive.

``apt-file update`` fetches them. A line is a path and the packages that have it, ``section/name`` each,
separated by commas; versions, sizes and contents are not given. The format is that of
https://wiki.debian.org/DebianRepository/Format#A.22Contents.22_indices.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from praxi_tasks.discovery import CORE, Catalogue, Contents, Release
from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint import (
    PathKind,
    folder_kind,
    join_path,
    name_varies,
    normalise_all,
    normalise_folder,
    normalise_name,
)
from praxi_tasks.learning.catalogue.builder import sample_keys
from praxi_tasks.learning.catalogue.folder_owners import FolderOwners
from praxi_tasks.learning.data import open_lines

ECOSYSTEM: Final = DEB.purl_type
MOST_ARCHIVE_FILES: Final = 5_000
"""How many files of a package are read back to train on; few packages have more."""
DOCUMENTS_PER_PACKAGE: Final = 8
"""How many documents of a package its catalogue keeps: they are many, and the first to be deleted."""

# What lies in this folder itself is a package's folder of documents, as a link to another's.
_DOCUMENTS: Final = "usr/share/doc"
_LINE: Final = re.compile(
    rb"\S.*\s[a-z0-9.+/_-]+/[a-z0-9][a-z0-9.+-]+(?:,[a-z0-9.+/_-]+)*\s*$", re.IGNORECASE
)


def is_contents(path: Path) -> bool:
    """Return whether a file reads like a Contents index: by its lines, whatever it is called."""
    start = [line for line in islice(open_lines(path), 50) if line.strip()]
    fitting = sum(_LINE.match(line) is not None for line in start)
    return bool(start) and not start[0].lstrip().startswith(b"{") and fitting * 2 > len(start)


class Archive(NamedTuple):
    """An archive's catalogue, and the reduced one without the packages that are held out."""

    catalogue: Catalogue
    reduced: Catalogue
    held: frozenset[str]


def read_archive(
    paths: Iterable[Path], without: Collection[str], rng: np.random.Generator, share: float
) -> Archive:
    """Read Contents indexes, and hold out a share of the packages to train on unknown ones.

    Raises
    ------
    DataError
        If a file can't be read or names no package.
    """
    collector = _Collector(frozenset(name.encode() for name in without), rng, share)
    for path in paths:
        before = len(collector.packages)
        collector.read(open_lines(path))
        if len(collector.packages) == before == 0:
            raise DataError(
                "no line names a package", where=str(path), action="give an apt-file Contents index"
            )
    return collector.archive()


class _Collector:
    """Collects the key and owner of every path, and the owners of every folder."""

    def __init__(self, without: frozenset[bytes], rng: np.random.Generator, share: float) -> None:
        self.packages: dict[bytes, int] = {}
        self._without = without
        self._rng, self._share = rng, share
        self._held: set[int] = set()
        self._drawn = 0
        self._reduced = FolderOwners()
        self._owners: dict[bytes, tuple[int, ...]] = {}
        self._folders: dict[bytes, tuple[str, bytes, PathKind]] = {}
        self._exclusive = FolderOwners()
        self._keys, self._numbers = array("Q"), array("I")
        self._extra_keys, self._extra_numbers = array("Q"), array("I")
        self._document_keys, self._document_numbers = array("Q"), array("I")

    def read(self, lines: Iterator[bytes]) -> None:
        """Read the lines of one index."""
        last: tuple[bytes, bytes] = (b"", b"")
        for line in lines:
            try:
                path, listed = line.rsplit(None, 1)
            except ValueError:
                continue
            owners = self._owners.get(listed)
            if owners is None:
                owners = self._register(listed)
            raw, _, name = path.rpartition(b"/")
            folder, prefix, kind = self._folders.get(raw) or self._folder(raw)
            if (raw, listed) != last:
                last = (raw, listed)
                for owner in owners:
                    self._exclusive.add(folder, owner)
                    if owner not in self._held:
                        self._reduced.add(folder, owner)
            self._key(prefix, name, owners, kind if folder != _DOCUMENTS else PathKind.METADATA)

    def _key(self, prefix: bytes, name: bytes, owners: tuple[int, ...], kind: PathKind) -> None:
        if name_varies(name):
            spelled, _ = normalise_name(name.decode("utf-8", "surrogateescape"))
            name = spelled.encode("utf-8", "surrogateescape")
        key = xxh3_64_intdigest(prefix + name)
        keys, numbers = self._columns_of(kind)
        for owner in owners:
            keys.append(key)
            numbers.append(owner)

    def _columns_of(self, kind: PathKind) -> tuple[array[int], array[int]]:
        if kind in CORE:
            return self._keys, self._numbers
        if kind is PathKind.DOC:
            return self._document_keys, self._document_numbers
        return self._extra_keys, self._extra_numbers

    def _register(self, listed: bytes) -> tuple[int, ...]:
        names = [entry.rpartition(b"/")[2] for entry in listed.split(b",") if b"/" in entry]
        owners = tuple(
            self.packages.setdefault(name, len(self.packages)) for name in names if name not in self._without
        )
        self._owners[listed] = owners
        while self._drawn < len(self.packages):
            if self._rng.random() < self._share:
                self._held.add(self._drawn)
            self._drawn += 1
        return owners

    def _folder(self, raw: bytes) -> tuple[str, bytes, PathKind]:
        folder = normalise_folder(raw.decode("utf-8", "surrogateescape"))
        prefix = join_path(folder, "").encode("utf-8", "surrogateescape")
        found = self._folders[raw] = (folder, prefix, folder_kind(folder))
        return found

    def archive(self) -> Archive:
        """Make the catalogues of what was read, packages in order of their names."""
        ordered = sorted(self.packages)
        names = [f"{ECOSYSTEM}/{name.decode('ascii', 'replace')}" for name in ordered]
        rank = np.empty(len(ordered), np.uint32)
        rank[[self.packages[name] for name in ordered]] = np.arange(len(ordered))
        document_keys, documents, _ = sample_keys(
            np.asarray(self._document_keys, np.uint64),
            np.asarray(self._document_numbers, np.uint32),
            np.zeros(len(self._document_keys), np.bool_),
            DOCUMENTS_PER_PACKAGE,
        )
        keys = [np.asarray(column, np.uint64) for column in (self._keys, self._extra_keys, document_keys)]
        numbers = [np.asarray(column, np.intp) for column in (self._numbers, self._extra_numbers, documents)]
        core = np.arange(sum(map(len, keys))) < len(self._keys)
        index = sample_keys(np.concatenate(keys), rank[np.concatenate(numbers)], core)
        held = np.zeros(len(ordered), np.bool_)
        held[rank[sorted(self._held)]] = True
        retained = ~held[index[1]]
        return Archive(
            _catalogue(names, index, _ranked(self._exclusive, rank)),
            _catalogue(names, tuple(column[retained] for column in index), _ranked(self._reduced, rank)),
            frozenset(names[place] for place in np.flatnonzero(held).tolist()),
        )


def _ranked(owners: FolderOwners, rank: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    folders, numbers = owners.exclusive()
    return folders, rank[numbers]


def _catalogue(
    names: list[str], index: tuple[NDArray[Any], ...], folders: tuple[NDArray[np.uint64], NDArray[np.uint32]]
) -> Catalogue:
    keys, owners, core = index
    expected = np.bincount(owners[core], minlength=len(names)).astype(np.uint32)
    return Catalogue(
        packages=names,
        expected=expected,
        extras=np.bincount(owners, minlength=len(names)).astype(np.uint32) - expected,
        keys=keys,
        owners=owners,
        folders=folders[0],
        folder_owners=folders[1],
        versions=[],
        version_starts=np.zeros(len(names) + 1, np.uint32),
        **Contents.empty(len(names)).columns(),
    )


def read_packages(paths: Iterable[Path], wanted: Collection[str], most: int | None = None) -> list[Release]:
    """Return what some packages contain, of versions unknown; names are as in the index, without section.

    Parameters
    ----------
    most
        How many files of a package are read.
    """
    limit = math.inf if most is None else most
    names = {name.encode() for name in wanted}
    files: dict[bytes, list[str]] = {name: [] for name in sorted(names)}
    for path in paths:
        for line in open_lines(path):
            listed = line[line.rfind(b"/") + 1 :].rstrip() if b"," not in line else b""
            if listed and listed not in names:
                continue
            found, _, owners = line.rstrip().rpartition(b" ")
            for owner in owners.split(b","):
                if (name := owner.rpartition(b"/")[2]) in names and len(files[name]) < limit:
                    files[name].append(found.strip().decode("utf-8", "surrogateescape"))
    return [_release(name.decode(), listed_files) for name, listed_files in files.items() if listed_files]


def _release(name: str, paths: list[str]) -> Release:
    nothing = np.zeros(len(paths), np.uint64)
    unmeasured = np.zeros(len(paths), np.bool_)
    return Release(ECOSYSTEM, name, "", paths, normalise_all(paths), nothing, nothing, unmeasured)
