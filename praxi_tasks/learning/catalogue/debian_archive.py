"""The catalogue of a whole Debian archive, made from its Contents indexes in one pass."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from praxi_tasks.discovery import CORE, Catalogue, Contents
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint import (
    PathKind,
    folder_kind,
    join_path,
    name_varies,
    normalise_folder,
    normalise_name,
)
from praxi_tasks.learning.catalogue.builder import sample_keys
from praxi_tasks.learning.catalogue.debian_contents import ECOSYSTEM
from praxi_tasks.learning.catalogue.folder_owners import FolderOwners
from praxi_tasks.learning.data import open_lines

DOCUMENTS_PER_PACKAGE: Final = 8
"""How many documents of a package its catalogue keeps: they are many, and the first to be deleted."""

# What lies in this folder itself is a package's folder of documents, as a link to another's.
_DOCUMENTS: Final = "usr/share/doc"


class Archive(NamedTuple):
    """An archive's catalogue, and the reduced one without the packages that are held out."""

    catalogue: Catalogue
    reduced: Catalogue
    held: frozenset[str]


def read_archive(
    paths: Iterable[Path],
    without: Collection[str],
    rng: np.random.Generator,
    share: float,
    ecosystem: str = ECOSYSTEM,
) -> Archive:
    """Read Contents indexes, and hold out a share of the packages to train on unknown ones.

    Parameters
    ----------
    ecosystem
        That the packages are of, if they are not Debian's.

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
    return collector.archive(ecosystem)


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

    def archive(self, ecosystem: str) -> Archive:
        """Make the catalogues of what was read, packages in order of their names."""
        ordered = sorted(self.packages)
        names = [f"{ecosystem}/{name.decode('ascii', 'replace')}" for name in ordered]
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
