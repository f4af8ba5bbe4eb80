"""What the model's packs know of one layer's paths: a catalogue of the packages with evidence in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue, PackageContents
from praxi_tasks.discovery.suites import is_of_suite
from praxi_tasks.discovery.version_contents import fold_contents
from praxi_tasks.ecosystems import PYPI


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
        return self._versioned_by([True] * len(self.parts))

    @cached_property
    def of_other_suites(self) -> NDArray[np.bool_]:
        """Whether the layer's suite has each package, and others alone its contents; shape ``(packages,)``.

        Each suite builds a package anew: files unlike those of another suite are no less the package's.
        """
        own = [part.pack == self.suite and is_of_suite(part) for part in self.parts]
        judges = [mine or not is_of_suite(part) for mine, part in zip(own, self.parts, strict=True)]
        known = (self.numbers[np.array(own, np.bool_)] >= 0).any(axis=0)
        return np.asarray(known & self.versioned & ~self._versioned_by(judges))

    def _versioned_by(self, chosen: Sequence[bool]) -> NDArray[np.bool_]:
        found = np.zeros(len(self.packages), np.bool_)
        for part, numbers, counts in zip(self.parts, self.numbers, chosen, strict=True):
            if counts:
                found |= (part.version_starts[numbers] < part.version_starts[numbers + 1]) & (numbers >= 0)
        return found

    def versions_of(self, package: int) -> list[str]:
        """Return the versions known of a package."""
        names = (name for part, number in self._homes(package) for name in part.versions_of(number))
        return list(dict.fromkeys(names))

    def contents_of(self, package: int) -> PackageContents:
        """Return the contents of a package; its versions are those of :meth:`versions_of`."""
        homes = self._homes(package)
        if len(homes) == 1:
            part, number = homes[0]
            return part.contents_of(number)
        return _united(homes, self.versions_of(package))

    def _homes(self, package: int) -> list[tuple[Catalogue, int]]:
        """Return the parts that know versions of a package, one part at least, with its number there."""
        numbers = self.numbers[:, package].tolist()
        homes = [(part, number) for part, number in zip(self.parts, numbers, strict=True) if number >= 0]
        return [home for home in homes if home[0].versions_of(home[1])] or homes[:1]


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
