"""What the model's packs know of one layer's paths: a catalogue of the packages with evidence in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue, PackageContents
from praxi_tasks.discovery.suites import is_of_suite
from praxi_tasks.discovery.version_contents import fold_contents
from praxi_tasks.ecosystems import PYPI


class KnownVersions(NamedTuple):
    """Some versions of a package, and its contents, which number these.

    ``is_judge`` says whether a layer's files that are unlike all of them are not the package's.
    """

    versions: list[str]
    contents: PackageContents
    is_judge: bool


@dataclass(frozen=True, eq=False)
class LayerCatalogue:
    """Packages by number, as many as have evidence in a layer.

    The columns mean what those of a :class:`~praxi_tasks.discovery.catalogue.Catalogue` mean. Versions and
    contents stay in the packs: they are read package by package.

    Parameters
    ----------
    parts, numbers
        Parts that know packages, and the number that each package has there, -1 where it is unknown, shape
        ``(len(parts), packages)``.
    suite
        The pack of the suite that the layer is of; empty where nothing tells.
    """

    packages: list[str]
    expected: NDArray[np.uint32]
    extras: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    folders: NDArray[np.uint64]
    folder_owners: NDArray[np.uint32]
    parts: tuple[Catalogue, ...]
    numbers: NDArray[np.intp]
    suite: str = ""

    @cached_property
    def native(self) -> NDArray[np.bool_]:
        """Whether each package is a distribution's rather than a language index's, shape ``(packages,)``."""
        return np.array([not name.startswith(f"{PYPI.purl_type}/") for name in self.packages], np.bool_)

    @cached_property
    def versioned(self) -> NDArray[np.bool_]:
        """Whether the versions of each package are known, shape ``(packages,)``."""
        found = np.zeros(len(self.packages), np.bool_)
        for part, numbers in zip(self.parts, self.numbers, strict=True):
            found |= (part.version_starts[numbers] < part.version_starts[numbers + 1]) & (numbers >= 0)
        return found

    def known_of(self, package: int) -> tuple[KnownVersions, ...]:
        """Return what is known of a package's versions: by packs of no other suite, if they know any; by all.

        Each suite builds a package anew. A layer has what its own suite has, seldom something of another one,
        and files unlike those of another one are no less the package's.
        """
        homes = self._homes(package)
        own = [home for home in homes if self._may_be_of(home[0])]
        if len(own) == len(homes):
            return (_known(homes, is_judge=True),)
        has_paths = any(part.pack == self.suite for part, _ in self._holders(package))
        everywhere = _known(homes, is_judge=not has_paths)
        return (_known(own, is_judge=True), everywhere) if own else (everywhere,)

    def is_of_suites(self, package: int) -> bool:
        """Return whether only packs of distributions' suites know a package, and not a site's own."""
        return all(is_of_suite(part) for part, _ in self._holders(package))

    def _may_be_of(self, part: Catalogue) -> bool:
        """Return whether a part is of the layer's suite or of none; of any, where nothing tells the suite."""
        return not self.suite or part.pack == self.suite or not is_of_suite(part)

    def _holders(self, package: int) -> list[tuple[Catalogue, int]]:
        """Return the parts that know a package, with its number there."""
        numbers = self.numbers[:, package].tolist()
        return [(part, number) for part, number in zip(self.parts, numbers, strict=True) if number >= 0]

    def _homes(self, package: int) -> list[tuple[Catalogue, int]]:
        """Return the parts that know versions of a package, one part at least, with its number there."""
        homes = self._holders(package)
        return [home for home in homes if home[0].versions_of(home[1])] or homes[:1]


def _known(homes: Sequence[tuple[Catalogue, int]], *, is_judge: bool) -> KnownVersions:
    names = (name for part, number in homes for name in part.versions_of(number))
    versions = list(dict.fromkeys(names))
    contents = homes[0][0].contents_of(homes[0][1]) if len(homes) == 1 else _united(homes, versions)
    return KnownVersions(versions, contents, is_judge)


def _united(homes: Sequence[tuple[Catalogue, int]], versions: Sequence[str]) -> PackageContents:
    """Return what several parts know of one package's contents, each content of a path once."""
    place = {name: number for number, name in enumerate(versions)}
    columns = []
    for part, number in homes:
        known = part.contents_of(number)
        moved = np.array([place[name] for name in part.versions_of(number)], np.uint16)
        rows = np.repeat(np.arange(len(known.keys)), np.diff(known.holder_starts))
        own = (known.keys[rows], known.sizes[rows], known.hashes[rows], known.core[rows])
        columns.append((moved[known.holders], *own))
    version, key, size, hashed, core = (np.concatenate(column) for column in zip(*columns, strict=True))
    one = np.zeros(len(key), np.intp)
    folded = fold_contents(one, version, key, size, hashed, core, count=1)
    return PackageContents(
        keys=folded.row_keys,
        sizes=folded.row_sizes,
        hashes=folded.row_hashes,
        core=folded.row_core,
        holder_starts=folded.holder_starts,
        holders=folded.holders,
    )
