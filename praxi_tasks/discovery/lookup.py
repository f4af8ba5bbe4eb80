"""Looks a layer's paths up in the sorted arrays of several packs, which stay where they are.

Nothing is merged but what the layer has: a lookup costs a glance at a short run for each path and part,
whatever the size of the packs, and reads from memory-mapped parts no more than these runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import KEYS_PER_PACKAGE, Catalogue
from praxi_tasks.discovery.hash_index import HashIndex
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.discovery.matching import folders_within
from praxi_tasks.discovery.suites import Suites, tell_suites
from praxi_tasks.discovery.supersession import hidden_packages
from praxi_tasks.fingerprint import hash_text

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.intp]


class Lookup:
    """Finds what is known of paths; immutable, so threads may share one.

    Parameters
    ----------
    parts
        The catalogues of all packs. What several know of a package is put together.
    """

    def __init__(self, parts: Sequence[Catalogue]) -> None:
        hidden = hidden_packages(parts)
        self._parts = tuple(_Part(*each) for each in zip(parts, hidden, strict=True) if len(each[0].packages))

    def knows_paths(self, keys: Hashes) -> NDArray[np.bool_]:
        """Return which path hashes some part knows; input and result of shape ``(n,)``."""
        return _any([_mask(part.keys(keys)[0], len(keys)) for part in self._parts], len(keys))

    def knows_folders(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return which folders some package claims as its own; hashes and result of shape ``(n,)``."""
        return _any([_mask(part.folders(hashes)[0], len(hashes)) for part in self._parts], len(hashes))

    def of_layer(
        self, keys: Hashes, folders: Hashes, suite: str = "", homes: Sequence[str] = ()
    ) -> LayerCatalogue:
        """Return what the parts know of a layer; without suites, matching it is matching all of it merged.

        Parameters
        ----------
        keys, folders
            Hashes of the layer's paths and of all folders above them, sorted and distinct, shape ``(n,)``
            each.
        suite
            The pack of the suite that the layer's image says it is of, if it does.
        homes
            The folder of each of ``keys``. With it, what lies in a folder of a package of which a pack keeps
            some paths only counts as known to that pack.
        """
        found = [_Hits(part, *part.keys(keys), *part.folders(folders)) for part in self._parts]
        suites = tell_suites([part.catalogue for part in self._parts], [hits.keys for hits in found], suite)
        own = [hits for hits in found if hits.part.catalogue.pack == suites.own]
        known = _any([_mask(hits.keys, len(keys)) for hits in own], len(keys))
        if suites.others and homes:
            asked = [hits.keys for hits in found if hits.part.catalogue.pack in suites.others]
            open_keys = np.setdiff1d(np.concatenate(asked), np.flatnonzero(known))
            sampled = [folders[hits.sampled_folders()] for hits in own]
            inside = folders_within([homes[key] for key in open_keys.tolist()], np.concatenate(sampled))
            known[open_keys[inside]] = True
        found = [hits.beside(known) if hits.part.catalogue.pack in suites.others else hits for hits in found]
        return _join(found, suites, keys, folders)


class _Part(NamedTuple):
    """A part, and the numbers of its packages that a later one supersedes, ascending, shape ``(n,)``."""

    catalogue: Catalogue
    hidden: Numbers

    def keys(self, wanted: Hashes) -> tuple[Numbers, Numbers]:
        """Return the pairs of wanted paths and their owners' numbers, shape ``(pairs,)`` each."""
        return self._owned(self.catalogue.key_index, self.catalogue.owners, wanted)

    def folders(self, wanted: Hashes) -> tuple[Numbers, Numbers]:
        """Return the same of folders."""
        return self._owned(self.catalogue.folder_index, self.catalogue.folder_owners, wanted)

    def numbers_of(self, hashes: Hashes) -> Numbers:
        """Return the numbers of packages by the hashes of their names, -1 of unknown ones; shape ``(n,)``."""
        numbers = self.catalogue.numbers_of(hashes)
        numbers[self._is_hidden(numbers)] = -1
        return numbers

    def _owned(self, index: HashIndex, owners: NDArray[np.uint32], wanted: Hashes) -> tuple[Numbers, Numbers]:
        which, places = index.find(wanted)
        numbers = owners[places].astype(np.intp)
        if not len(self.hidden):
            return which, numbers
        stays = ~self._is_hidden(numbers)
        return which[stays], numbers[stays]

    def _is_hidden(self, numbers: Numbers) -> NDArray[np.bool_]:
        return np.isin(numbers, self.hidden)


class _Hits(NamedTuple):
    """What one part knows of a layer.

    ``keys`` are indices of the layer's paths and ``owners`` numbers of the part's packages, shape
    ``(pairs,)`` each; ``folders`` and ``folder_owners`` the same of folders.
    """

    part: _Part
    keys: Numbers
    owners: Numbers
    folders: Numbers
    folder_owners: Numbers

    def beside(self, known: NDArray[np.bool_]) -> _Hits:
        """Return what counts of another suite: paths that are not ``known``, shape ``(keys,)``, to its own.

        So do the folders of packages that have such a path.
        """
        new = ~known[self.keys]
        owners = self.owners[new]
        theirs = np.isin(self.folder_owners, owners)
        return _Hits(self.part, self.keys[new], owners, self.folders[theirs], self.folder_owners[theirs])

    def sampled_folders(self) -> Numbers:
        """Return which of the layer's folders are of packages there of which some paths are known only."""
        expected = self.part.catalogue.expected[self.folder_owners]
        return self.folders[(expected >= KEYS_PER_PACKAGE) & np.isin(self.folder_owners, self.owners)]

    @property
    def packages(self) -> Numbers:
        """The numbers of the packages with evidence, ascending and distinct, shape ``(n,)``."""
        return np.unique(np.concatenate([self.owners, self.folder_owners]))


def _join(found: Sequence[_Hits], suites: Suites, keys: Hashes, folders: Hashes) -> LayerCatalogue:
    """Put together what parts know of a layer; packages are in the order of the parts."""
    parts = tuple(hits.part.catalogue for hits in found)
    each = [hits.packages for hits in found]
    names = [
        [part.packages[number] for number in own.tolist()] for part, own in zip(parts, each, strict=True)
    ]
    packages, numbers = _packages([hits.part for hits in found], each, names)
    place = {name: number for number, name in enumerate(packages)}
    moved = [np.array([place[name] for name in own], np.intp) for own in names]

    def local(part: int, owners: Numbers) -> Numbers:
        return moved[part][np.searchsorted(each[part], owners)]

    key, owner = _pairs([(hits.keys, local(part, hits.owners)) for part, hits in enumerate(found)])
    folder, folder_owner = _pairs(
        [(hits.folders, local(part, hits.folder_owners)) for part, hits in enumerate(found)]
    )
    if len(parts) > 1:  # a folder that packages of several parts claim is exclusive to none
        alone = np.bincount(folder, minlength=1)[folder] == 1
        folder, folder_owner = folder[alone], folder_owner[alone]
    return LayerCatalogue(
        packages=packages,
        expected=_counts([part.expected for part in parts], parts, numbers, suites),
        extras=_counts([part.extras for part in parts], parts, numbers, suites),
        keys=keys[key],
        owners=owner.astype(np.uint32),
        folders=folders[folder],
        folder_owners=folder_owner.astype(np.uint32),
        parts=parts,
        numbers=numbers,
        suite=suites.own,
    )


def _packages(
    parts: Sequence[_Part], each: Sequence[Numbers], names: Sequence[Sequence[str]]
) -> tuple[list[str], Numbers]:
    """Return the names of all packages, ordered by part and number, and their numbers in each part.

    Parameters
    ----------
    each, names
        Of each part, the numbers and names of its packages with evidence, shape ``(n,)``.

    Returns
    -------
    packages
        The names.
    numbers
        -1 where a part does not know a package, shape ``(len(parts), len(packages))``.
    """
    if len(parts) == 1:
        return list(names[0]), each[0][np.newaxis]
    packages = list(dict.fromkeys(name for own in names for name in own))
    hashes = np.fromiter(map(hash_text, packages), np.uint64, len(packages))
    numbers = np.full((len(parts), len(packages)), -1, np.intp)
    for row, part in zip(numbers, parts, strict=True):
        row[:] = part.numbers_of(hashes)
    if not packages:
        return packages, numbers
    first = np.argmax(numbers >= 0, axis=0)
    order = np.lexsort((numbers[first, np.arange(len(packages))], first))
    return [packages[place] for place in order.tolist()], numbers[:, order]


def _pairs(of_parts: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """Return distinct pairs of a place and its owner, by place, then by part; shape ``(pairs,)`` each."""
    nothing = np.empty(0, np.intp)
    place, owner = (
        np.concatenate([nothing, *column]) for column in zip((nothing, nothing), *of_parts, strict=True)
    )
    if len(of_parts) < 2:
        return place, owner
    _, first = np.unique(place * (int(owner.max(initial=0)) + 1) + owner, return_index=True)
    first.sort()
    first = first[np.argsort(place[first], kind="stable")]
    return place[first], owner[first]


def _counts(
    columns: Sequence[NDArray[np.uint32]], parts: Sequence[Catalogue], numbers: Numbers, suites: Suites
) -> NDArray[np.uint32]:
    """Return the path count of each package: by the layer's own suite where that knows it, else the largest.

    Parameters
    ----------
    columns
        The counts of each part's packages.
    numbers
        See :class:`LayerCatalogue`.

    Returns
    -------
    counts
        Shape ``(packages,)``.
    """
    most, own = np.zeros((2, numbers.shape[1]), np.uint32)
    told = np.zeros(numbers.shape[1], np.bool_)
    for column, part, mine in zip(columns, parts, numbers, strict=True):
        known = mine >= 0
        most[known] = np.maximum(most[known], column[mine[known]])
        if part.pack == suites.own:
            own[known] = np.maximum(own[known], column[mine[known]])
            told |= known
    return np.where(told, own, most)


def _mask(places: Numbers, count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, np.bool_)
    mask[places] = True
    return mask


def _any(masks: Sequence[NDArray[np.bool_]], count: int) -> NDArray[np.bool_]:
    return np.logical_or.reduce(masks) if masks else np.zeros(count, np.bool_)
