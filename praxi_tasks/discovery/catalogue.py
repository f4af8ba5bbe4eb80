"""The catalogue: what is known of packages, as sorted arrays for binary search.

Three tables. *Keys*: the hash of a normalised path and the package that owns it, sorted by hash. *Folders*:
folders that hold files of one package only, so that one entry stands for all below. *Contents*: for packages
whose versions are known, every path with its size, content hash and the versions that have that content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.version_contents import Contents
from praxi_tasks.ecosystems import PYPI
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import PathKind, pack_arrays, pack_texts, unpack_arrays, unpack_texts

PROTOCOL: Final = 1
CORE: Final = (PathKind.MAIN, PathKind.TEST)
_KIND: Final = "catalogue"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Packages by number, and what is known of them. All arrays are one-dimensional.

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
    """

    packages: list[str]
    expected: NDArray[np.uint32]
    extras: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    folders: NDArray[np.uint64]
    folder_owners: NDArray[np.uint32]
    versions: list[str]
    version_starts: NDArray[np.uint32]
    row_starts: NDArray[np.uint32]
    row_keys: NDArray[np.uint64]
    row_sizes: NDArray[np.uint64]
    row_hashes: NDArray[np.uint64]
    row_core: NDArray[np.bool_]
    holder_starts: NDArray[np.uint32]
    holders: NDArray[np.uint16]
    disputed: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @cached_property
    def native(self) -> NDArray[np.bool_]:
        """Whether each package is a distribution's rather than a language index's, shape ``(packages,)``."""
        return np.array([not name.startswith(f"{PYPI.purl_type}/") for name in self.packages], np.bool_)

    def to_bytes(self) -> bytes:
        """Return the catalogue as bytes that depend on its contents only."""
        arrays: dict[str, NDArray[Any]] = {
            "packages": pack_texts(self.packages),
            "versions": pack_texts(self.versions),
            "counts": np.array([len(self.packages), len(self.versions)], np.uint32),
        }
        arrays |= {name: getattr(self, name) for name in _COLUMNS}
        return pack_arrays(_KIND, PROTOCOL, arrays)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> Catalogue:
        """Read what :meth:`to_bytes` wrote, without copying the arrays.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged, of another protocol, or the tables do not fit each other.
        """
        arrays = unpack_arrays(data, _KIND, PROTOCOL, _STORED)
        try:
            packages, versions = arrays["counts"].tolist()
            catalogue = cls(
                packages=unpack_texts(arrays["packages"], packages),
                versions=unpack_texts(arrays["versions"], versions),
                **{name: arrays[name] for name in _COLUMNS},
            )
        except ValueError as error:
            raise CorruptObjectError("a catalogue has two counts", action="build the model again") from error
        catalogue.check()
        return catalogue

    def check(self) -> None:
        """Check that the tables fit each other.

        Raises
        ------
        CorruptObjectError
            If one points outside another.
        """
        count = len(self.packages)
        fits = (
            len(self.expected) == len(self.extras) == count
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
        return self.versions[start:end]

    def paths_of(self, package: int) -> NDArray[np.uint64]:
        """Return the path hashes of the known versions of a package, sorted and distinct, shape ``(n,)``."""
        start, end = self.row_starts[package : package + 2].tolist()
        return np.unique(self.row_keys[start:end])


_COLUMNS: Final = {
    "expected": "<u4", "extras": "<u4", "keys": "<u8", "owners": "<u4", "folders": "<u8",
    "folder_owners": "<u4", "version_starts": "<u4", "row_starts": "<u4", "row_keys": "<u8",
    "row_sizes": "<u8", "row_hashes": "<u8", "row_core": "|b1", "holder_starts": "<u4", "holders": "<u2",
}  # fmt: skip
_STORED: Final = {**_COLUMNS, "counts": "<u4", "packages": "|u1", "versions": "|u1"}


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


def _covers(starts: NDArray[np.uint32], count: int, total: int) -> bool:
    if len(starts) != count + 1 or int(starts[0]) != 0 or int(starts[-1]) != total:
        return False
    return bool(np.all(starts[1:] >= starts[:-1]))
