"""Packages that only paths name: what no record claims and the model does not explain."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from praxi_tasks.discovery import LayerPrediction
from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.image.claim_history import TrackedClaim, is_inside
from praxi_tasks.findings.image.file_tree import FileTree
from praxi_tasks.findings.image.unlisted_records import without_unlisted
from praxi_tasks.findings.packages import PATH, Component, package_key, release_purl
from praxi_tasks.inventory import Inventory, PathName, VersionText, name_by_paths

# Where a distribution puts the libraries of its packages: all of them, where it has any record.
_OF_DISTRIBUTION: Final = ("usr/lib/", "usr/lib32/", "usr/lib64/", "usr/libx32/")
_LOOKED_AT: Final = 10_000  # files in a folder that others claim: what brings along more owns itself
_Key = tuple[str, str]


@dataclass(frozen=True)
class Explained:
    """What records and the model say about an image, for which paths need not speak.

    Parameters
    ----------
    components
        What they name together.
    claims
        What records claim, in any layer.
    claimed
        The places of all files that records list.
    predictions
        What the model says of the layers.
    tree
        The image's files.
    """

    components: Sequence[Component]
    claims: Sequence[TrackedClaim]
    claimed: frozenset[str]
    predictions: Sequence[LayerPrediction]
    tree: FileTree

    def covers(self, found: PathName) -> bool:
        """Return whether a package that paths name is known by other means."""
        if self._has_distribution and _is_distributions(found):
            return True
        keys = {package_key(found.ecosystem, found.name), *map(_tie_key, found.ties)}
        if keys & self._predicted or self._shows(found) or self._has_owner(found.root):
            return True
        if not found.version and not self._look_alikes.isdisjoint(found.paths):
            return True
        return any(
            _holds(tracked, found.root, self.tree) for key in keys for tracked in self._claims.get(key, ())
        )

    def _shows(self, found: PathName) -> bool:
        return not self._evidence.isdisjoint(found.paths)

    def _has_owner(self, root: str) -> bool:
        """Return whether a record elsewhere claims a part of a folder: it is that package's.

        What programs and archives in it say, and records of what it brings along, claim parts of their own.
        """
        inside, (places, records) = f"{root}/", self._recorded
        start = bisect_left(places, inside)
        for position in range(start, min(start + _LOOKED_AT, len(places))):
            if not places[position].startswith(inside):
                break
            if not records[places[position]].startswith(inside):
                return True
        return False

    @cached_property
    def _recorded(self) -> tuple[list[str], dict[str, str]]:
        """The places that records list, sorted, and the record of each."""
        told = (tracked for tracked in self.claims if not is_inside(tracked.claim))
        records = {self.tree.place(path): tracked.place for tracked in told for path in tracked.claim.files}
        return sorted(records), records

    @cached_property
    def _has_distribution(self) -> bool:
        return any(item.present and ecosystem_of(item.ecosystem).of_distribution for item in self.components)

    @cached_property
    def _predicted(self) -> frozenset[_Key]:
        hidden = (item for item in self.components if item.present and item.hidden)
        return frozenset(package_key(item.ecosystem, item.name) for item in hidden)

    @cached_property
    def _evidence(self) -> frozenset[str]:
        releases = (release for prediction in self.predictions for release in prediction.releases)
        return frozenset(path for release in releases for path in (*release.evidence, *release.sample))

    @cached_property
    def _look_alikes(self) -> frozenset[str]:
        """Files at known paths, none of them as known: there paths are no evidence, unless one says more."""
        alike = (each for prediction in self.predictions for each in prediction.look_alikes)
        return frozenset(path for each in alike for path in each.evidence)

    @cached_property
    def _claims(self) -> dict[_Key, list[TrackedClaim]]:
        found: dict[_Key, list[TrackedClaim]] = {}
        for tracked in self.claims:
            found.setdefault(package_key(tracked.claim.ecosystem, tracked.claim.name), []).append(tracked)
        return found


class PathPackages(NamedTuple):
    """The packages of an image that paths alone name, and all that paths name."""

    components: Sequence[Component]
    names: Sequence[PathName]


def path_packages(explained: Explained, inventories: Sequence[Inventory]) -> PathPackages:
    """Return the packages of an image that paths name.

    Parameters
    ----------
    explained
        What is known by other means.
    inventories
        Of the image's layers, bottom first; their version files count where no later layer has others.
    """
    tree = explained.tree
    files = {path: number for path, number in tree.regular_files.items() if path not in explained.claimed}
    texts = [
        VersionText(place, text.version, text.name)
        for number, inventory in enumerate(inventories)
        for text in inventory.version_texts
        if files.get(place := tree.place(text.path)) == number
    ]
    digests = [inventory.digest for inventory in inventories]
    names = list(name_by_paths(files, texts))
    alone = [found for found in names if not explained.covers(found)]
    components = [
        _component(found, [digests[number] for number in _layers(found.paths, files)])
        for found in without_unlisted(alone, explained.claims, tree)
    ]
    return PathPackages(components, names)


def _layers(paths: Iterable[str], files: dict[str, int]) -> Iterator[int]:
    """Yield the layer that has most of some files."""
    ((number, _),) = Counter(files[path] for path in paths).most_common(1)
    yield number


def _component(found: PathName, layers: Sequence[str]) -> Component:
    return Component(
        ecosystem=found.ecosystem,
        name=found.name,
        versions=(found.version,) if found.version else (),
        purl=release_purl(found.ecosystem, found.name, "" if found.ties else found.version, "", ""),
        sources=(PATH,),
        layers=tuple(layers),
        evidence=found.evidence,
        files=len(found.paths),
        confidence=found.confidence,
        ties=found.ties,
        relation=found.relation,
    )


def _holds(tracked: TrackedClaim, root: str, tree: FileTree) -> bool:
    """Return whether a claimed package is the one in some folder: where its record is, if it lists files."""
    home = tree.place(f"{tracked.home}/.").removesuffix("/.")
    return not tracked.claim.files or root == home or posixpath.dirname(f"{root}/").startswith(f"{home}/")


def _tie_key(package: str) -> _Key:
    ecosystem, _, name = package.partition("/")
    return package_key(ecosystem, name)


def _is_distributions(found: PathName) -> bool:
    return not ecosystem_of(found.ecosystem).of_language and found.root.startswith(_OF_DISTRIBUTION)
