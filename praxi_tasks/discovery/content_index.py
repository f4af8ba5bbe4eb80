"""The index of contents: which releases have a file of some content, wherever it lies now.

A file's path says what it is as long as it lies where it was installed; its content says it anywhere. The
index knows the files that stand for a package on their own, programs and libraries, by the hash of their
content and by their build-id, which they keep when they are stripped or patched. It is sorted arrays for
binary search; those of several trainings are looked up one after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.bundle import SITE
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.fingerprint import pack_arrays, unpack_arrays, unpack_texts

PROTOCOL: Final = 1
_KIND: Final = "content-index"
_STORED: Final = {
    "hashes": "<u8", "holder_starts": "<u4", "holders": "<u4", "release_packages": "<u4",
    "path_starts": "<u4", "paths": "|u1", "packages": "|u1", "versions": "|u1", "counts": "<u4",
}  # fmt: skip


_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two sizes are one


def builds_of_size(build_ids: NDArray[np.uint64], sizes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a number for a build and the size of its file together, of some files, shape ``(n,)``.

    What strips a file makes it smaller. One of the same build and size and of another content may be of
    another version: Debian's differ then in the checksum of their symbols and in nothing else.
    """
    return np.asarray(build_ids ^ (sizes.astype(np.uint64) * _SPREAD))


class Holder(NamedTuple):
    """A release that has a file of some content.

    Parameters
    ----------
    package
        As ``ecosystem/name``.
    """

    package: str
    version: str


@dataclass(frozen=True, eq=False)
class ContentIndex:
    """Contents, and the releases that hold each. All arrays are one-dimensional.

    Parameters
    ----------
    hashes
        xxh3-64 of contents, build-ids, and :func:`builds_of_size`, sorted and distinct. No number is of two
        of these but by chance, as of any two contents.
    holder_starts, holders
        The releases that have content *c* are ``holders[holder_starts[c]:holder_starts[c + 1]]``.
    path_starts, paths
        Where a release that has content *c* installs it: ``paths[path_starts[c]:path_starts[c + 1]]``, as
        UTF-8 without leading slash.
    release_packages
        The number of each release's package.
    packages
        ``ecosystem/name`` of each package, in the order of their numbers, separated by NUL.
    versions
        Each release's version, separated by NUL.
    counts
        How many packages and releases there are.
    pack
        The knowledge pack that it is a part of. Not in its bytes: the manifest says it.
    """

    hashes: NDArray[np.uint64]
    holder_starts: NDArray[np.uint32]
    holders: NDArray[np.uint32]
    path_starts: NDArray[np.uint32]
    paths: NDArray[np.uint8]
    release_packages: NDArray[np.uint32]
    packages: NDArray[np.uint8]
    versions: NDArray[np.uint8]
    counts: NDArray[np.uint32]
    pack: str = SITE

    def to_bytes(self) -> bytes:
        """Return the index as bytes that depend on its contents only."""
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _STORED}
        return pack_arrays(_KIND, PROTOCOL, arrays)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, pack: str = SITE) -> ContentIndex:
        """Read what :meth:`to_bytes` wrote, without copying the arrays.

        Raises
        ------
        CorruptObjectError
            If the bytes are damaged or of another protocol.
        """
        arrays: dict[str, Any] = unpack_arrays(data, _KIND, PROTOCOL, _STORED)
        return cls(**{name: arrays[name] for name in _STORED}, pack=pack)

    def check(self) -> None:
        """Check that the tables fit each other.

        Raises
        ------
        CorruptObjectError
            If they do not.
        """
        if not self._fits():
            raise CorruptObjectError("a content index's tables do not fit", action="build the model again")

    def _fits(self) -> bool:
        contents = len(self.hashes)
        return (
            len(self.counts) == 2
            and len(self.release_packages) == int(self.counts[1])
            and len(self.holder_starts) == len(self.path_starts) == contents + 1
            and int(self.holder_starts[-1]) == len(self.holders)
            and int(self.path_starts[-1]) == len(self.paths)
            and (not len(self.holders) or int(self.holders.max()) < len(self.release_packages))
            and (not len(self.release_packages) or int(self.release_packages.max()) < int(self.counts[0]))
        )

    def places_of(self, hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the number of each of some contents, -1 for those that it does not know, shape ``(n,)``."""
        if not len(self.hashes):
            return np.full(len(hashes), -1, np.intp)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[places] == hashes, places, -1)

    def holders_of(self, place: int) -> list[Holder]:
        """Return the releases that have a content, by its number."""
        start, end = self.holder_starts[place : place + 2].tolist()
        return [self._release(number) for number in self.holders[start:end].tolist()]

    def path_of(self, place: int) -> str:
        """Return where a release installs a content, by its number."""
        start, end = self.path_starts[place : place + 2].tolist()
        return self.paths[start:end].tobytes().decode("utf-8", "surrogateescape")

    def _release(self, number: int) -> Holder:
        return Holder(self.package_names[self.release_packages[number]], self._version_names[number])

    @cached_property
    def package_names(self) -> list[str]:
        """The packages by number; read when first asked for, since few layers need them."""
        return unpack_texts(self.packages, int(self.counts[0]))

    @cached_property
    def _version_names(self) -> list[str]:
        return unpack_texts(self.versions, int(self.counts[1]))
