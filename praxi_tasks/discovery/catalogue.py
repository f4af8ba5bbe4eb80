"""The catalogue: what is known of packages, as sorted arrays for binary search.

Three tables. *Keys*: the hash of a normalised path and the package that owns it, sorted by hash. *Folders*:
folders that hold files of one package only, so that one entry stands for all below. *Contents*: for packages
whose versions are known, every path with its size, content hash and the versions that have that content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.bundle import SITE
from praxi_tasks.discovery.hash_index import HashIndex, prefix_starts
from praxi_tasks.discovery.stored_texts import StoredTexts
from praxi_tasks.discovery.version_contents import Contents
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import (
    PathKind,
    hash_text,
    pack_arrays,
    protocol_of,
    unpack_arrays,
    unpack_texts,
)

PROTOCOL: Final = 2
CORE: Final = (PathKind.MAIN, PathKind.TEST)
KEYS_PER_PACKAGE: Final = 512
"""How many paths of a package a catalogue keeps: coverage needs a sample, big packages have 100,000."""
_KIND: Final = "catalogue"
_FIRST_PROTOCOL: Final = 1


class PackageContents(NamedTuple):
    """The contents of one package: the rows and holders of a :class:`Catalogue` that are its own."""

    keys: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    core: NDArray[np.bool_]
    holder_starts: NDArray[np.uint32]
    holders: NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Packages by number, and what is known of them. All arrays are one-dimensional.

    Read from a part, arrays are views of its bytes, and texts are decoded when asked for: a catalogue of a
    memory-mapped part costs what is looked up in it.

    Parameters
    ----------
    packages
        ``ecosystem/name`` of each package.
    expected
        How many of its paths of the kinds in :data:`CORE` (programs, libraries, tests) are in ``keys``, per
        package.
    extras
        How many of its other paths (manuals, locales, metadata) are, per package.
    keys, owners
        Path hashes, sorted, and the number of the package that has such a path; a hash repeats where packages
        share a path.
    folders, folder_owners
        Hashes of folders that hold files of one package only, sorted, and that package's number; only the
        topmost of nested ones.
    versions, version_starts
        The versions of package *p* are ``versions[version_starts[p]:version_starts[p + 1]]``.
    row_starts, row_keys, row_sizes, row_hashes, row_core
        The contents of package *p* are the rows ``row_starts[p]:row_starts[p + 1]``, sorted by key. Sizes are
        in bytes, hashes xxh3-64 (0 where unknown); ``row_core`` says which are of a kind in :data:`CORE`.
    holder_starts, holders
        The versions (counted within the package) that have row *r* are
        ``holders[holder_starts[r]:holder_starts[r + 1]]``.
    disputed
        Hashes of folders that packages of several merged parts claim, sorted: known, but exclusive to none.
        Not stored; merging computes them.
    pack
        The knowledge pack that it is a part of. Not in its bytes: the manifest says it.
    superseded
        Hashes of the names of packages for which earlier parts of the same pack no longer count, sorted.
    stored_index
        The :attr:`index` as it was stored, if it was.
    stored_starts
        The indexes of ``keys`` and ``folders`` as they were stored, if they were.
    """

    packages: Sequence[str]
    expected: NDArray[np.uint32]
    extras: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    folders: NDArray[np.uint64]
    folder_owners: NDArray[np.uint32]
    versions: Sequence[str]
    version_starts: NDArray[np.uint32]
    row_starts: NDArray[np.uint32]
    row_keys: NDArray[np.uint64]
    row_sizes: NDArray[np.uint64]
    row_hashes: NDArray[np.uint64]
    row_core: NDArray[np.bool_]
    holder_starts: NDArray[np.uint32]
    holders: NDArray[np.uint16]
    disputed: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    pack: str = SITE
    superseded: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    stored_index: tuple[NDArray[np.uint64], NDArray[np.uint32]] | None = None
    stored_starts: tuple[HashIndex, ...] = ()

    @property
    def key_index(self) -> HashIndex:
        """Finds hashes among ``keys``."""
        return self._hash_index(self.keys)

    @property
    def folder_index(self) -> HashIndex:
        """Finds hashes among ``folders``."""
        return self._hash_index(self.folders)

    def _hash_index(self, hashes: NDArray[np.uint64]) -> HashIndex:
        """Return the stored index of an array, or one without a table where the array was replaced."""
        stored = (index for index in self.stored_starts if index.hashes is hashes)
        return next(stored, HashIndex(hashes))

    @cached_property
    def index(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """The hashes of the packages' names, sorted, and the number of each; shape ``(packages,)`` both."""
        if self.stored_index is not None:
            return self.stored_index
        hashes = np.fromiter(map(hash_text, self.packages), np.uint64, len(self.packages))
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order.astype(np.uint32)

    def numbers_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the numbers of packages by the hashes of their names, -1 of unknown ones; shape ``(n,)``."""
        known, numbers = self.index
        found = np.full(len(hashes), -1, np.intp)
        if len(known):
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            there = known[places] == hashes
            found[there] = numbers[places[there]]
        return found

    def number_of(self, name: str) -> int | None:
        """Return the number of a package, ``ecosystem/name``; ``None`` if it is unknown."""
        (number,) = self.numbers_of(np.array([hash_text(name)], np.uint64)).tolist()
        return None if number < 0 else number

    def to_bytes(self) -> bytes:
        """Return the catalogue as bytes that depend on its contents only."""
        packages, versions = StoredTexts.of(self.packages), StoredTexts.of(self.versions)
        name_hashes, name_numbers = self.index
        arrays: dict[str, NDArray[Any]] = {
            "packages": packages.blob,
            "package_starts": packages.starts,
            "versions": versions.blob,
            "version_texts": versions.starts,
            "name_hashes": name_hashes,
            "name_numbers": name_numbers,
        }
        arrays |= {name: getattr(self, name) for name in _COLUMNS}
        arrays |= {name: prefix_starts(arrays[of]) for name, of in _STARTS.items()}
        if len(self.superseded):
            arrays[_SUPERSEDED] = self.superseded
        return pack_arrays(_KIND, PROTOCOL, arrays)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, pack: str = SITE) -> Catalogue:
        """Read what :meth:`to_bytes` wrote, or wrote by the first protocol, without copying the arrays.

        Bytes whose origin is not known want :meth:`check` afterwards, which reads all of them.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        if protocol_of(data) == _FIRST_PROTOCOL:
            return _read_first_protocol(data, pack)
        arrays: dict[str, Any] = unpack_arrays(data, _KIND, PROTOCOL, _STORED)
        starts = {of: arrays[name] for name, of in _STARTS.items() if name in arrays}
        if not all(map(_are_starts, starts.values())):
            raise CorruptObjectError(
                "a catalogue's table of prefixes is none", action="build the model again"
            )
        return cls(
            packages=StoredTexts(arrays["packages"], arrays["package_starts"]),
            versions=StoredTexts(arrays["versions"], arrays["version_texts"]),
            **{name: arrays[name] for name in _COLUMNS},
            pack=pack,
            stored_index=(arrays["name_hashes"], arrays["name_numbers"]),
            superseded=np.asarray(arrays.get(_SUPERSEDED, ()), np.uint64),
            stored_starts=tuple(HashIndex(arrays[of], table) for of, table in starts.items()),
        )

    def check(self) -> None:
        """Check that the tables fit each other.

        Raises
        ------
        CorruptObjectError
            If one points outside another.
        """
        count = len(self.packages)
        fits = (
            _texts_fit(self.packages)
            and _texts_fit(self.versions)
            and len(self.index[0]) == len(self.index[1]) == count
            and _below(self.index[1], count)
            and len(self.expected) == len(self.extras) == count
            and all(index.fits() for index in self.stored_starts)
            and len(self.keys) == len(self.owners)
            and len(self.folders) == len(self.folder_owners)
            and _below(self.owners, count)
            and _below(self.folder_owners, count)
            and _covers(self.version_starts, count, len(self.versions))
            and _covers(self.row_starts, count, len(self.row_keys))
            and len(self.row_keys) == len(self.row_sizes) == len(self.row_hashes) == len(self.row_core)
            and _covers(self.holder_starts, len(self.row_keys), len(self.holders))
        )
        if not fits:
            raise CorruptObjectError("a catalogue's tables do not fit", action="build the model again")

    def versions_of(self, package: int) -> list[str]:
        """Return the versions known of a package."""
        start, end = self.version_starts[package : package + 2].tolist()
        return list(self.versions[start:end])

    def contents_of(self, package: int) -> PackageContents:
        """Return the contents of a package; its versions are those of :meth:`versions_of`."""
        start, end = self.row_starts[package : package + 2].tolist()
        holder_starts = self.holder_starts[start : end + 1]
        first, last = holder_starts[[0, -1]].tolist()
        return PackageContents(
            keys=self.row_keys[start:end],
            sizes=self.row_sizes[start:end],
            hashes=self.row_hashes[start:end],
            core=self.row_core[start:end],
            holder_starts=holder_starts - holder_starts[0],
            holders=self.holders[first:last],
        )


_COLUMNS: Final = {
    "expected": "<u4", "extras": "<u4", "keys": "<u8", "owners": "<u4", "folders": "<u8",
    "folder_owners": "<u4", "version_starts": "<u4", "row_starts": "<u4", "row_keys": "<u8",
    "row_sizes": "<u8", "row_hashes": "<u8", "row_core": "|b1", "holder_starts": "<u4", "holders": "<u2",
}  # fmt: skip
_STORED: Final = {
    **_COLUMNS, "packages": "|u1", "package_starts": "<u4", "versions": "|u1", "version_texts": "<u4",
    "name_hashes": "<u8", "name_numbers": "<u4",
}  # fmt: skip
_SUPERSEDED: Final = "superseded"
_STARTS: Final = {"key_starts": "keys", "folder_starts": "folders"}
"""Tables that make look-ups faster, and of which column; parts that are older have none."""

_FIRST_STORED: Final = {**_COLUMNS, "counts": "<u4", "packages": "|u1", "versions": "|u1"}


def _read_first_protocol(data: bytes | memoryview, pack: str) -> Catalogue:
    """Read a catalogue whose texts have no bounds and whose names have no index."""
    arrays = unpack_arrays(data, _KIND, _FIRST_PROTOCOL, _FIRST_STORED)
    try:
        packages, versions = arrays["counts"].tolist()
    except ValueError as error:
        raise CorruptObjectError("a catalogue has two counts", action="build the model again") from error
    columns: dict[str, Any] = {name: arrays[name] for name in _COLUMNS}
    return Catalogue(
        packages=unpack_texts(arrays["packages"], packages),
        versions=unpack_texts(arrays["versions"], versions),
        pack=pack,
        **columns,
    )


def empty_catalogue() -> Catalogue:
    """Return a catalogue without packages."""
    short, long = np.empty(0, np.uint32), np.empty(0, np.uint64)
    return Catalogue(
        packages=[],
        expected=short,
        extras=short,
        keys=long,
        owners=short,
        folders=long,
        folder_owners=short,
        versions=[],
        version_starts=np.zeros(1, np.uint32),
        **Contents.empty(0).columns(),
    )


def among(kinds: NDArray[np.uint8], wanted: tuple[PathKind, ...]) -> NDArray[np.bool_]:
    """Return which path kinds are among the wanted ones; input and result of shape ``(n,)``."""
    return np.asarray(_table(wanted)[kinds])


@cache
def _table(wanted: tuple[PathKind, ...]) -> NDArray[np.bool_]:
    return np.isin(np.arange(256), wanted)


def _below(numbers: NDArray[np.uint32], bound: int) -> bool:
    return len(numbers) == 0 or int(numbers.max()) < bound


def _are_starts(starts: NDArray[Any]) -> bool:
    return starts.dtype == np.uint32 and len(starts) > 2 and (len(starts) - 1).bit_count() == 1


def _texts_fit(texts: Sequence[str]) -> bool:
    if not isinstance(texts, StoredTexts):
        return True
    starts = texts.starts
    return len(starts) > 0 and _covers(starts, len(starts) - 1, len(texts.blob))


def _covers(starts: NDArray[np.uint32], count: int, total: int) -> bool:
    if len(starts) != count + 1 or int(starts[0]) != 0 or int(starts[-1]) != total:
        return False
    return bool(np.all(starts[1:] >= starts[:-1]))
