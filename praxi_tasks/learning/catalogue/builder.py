"""Builds the catalogue of releases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import (
    CORE,
    KEYS_PER_PACKAGE,
    Catalogue,
    Contents,
    Release,
    empty_catalogue,
    fold_contents,
    run_bounds,
)
from praxi_tasks.learning.catalogue.folder_owners import FolderOwners


def build_catalogue(releases: Iterable[Release]) -> Catalogue:
    """Build the catalogue of releases; their order does not matter.

    A release without a version contributes its paths only, and no table of contents.
    """
    groups: defaultdict[str, dict[str, Release]] = defaultdict(dict)
    for release in releases:
        groups[release.package][release.version] = release
    packages = sorted(groups)
    if not packages:
        return empty_catalogue()
    members = [[groups[name][version] for version in sorted(groups[name])] for name in packages]
    flat = [release for group in members for release in group]
    sizes = [len(release.paths) for release in flat]
    package = np.repeat(np.repeat(np.arange(len(members)), [len(group) for group in members]), sizes)
    key = np.concatenate([release.normalised.keys for release in flat])
    core = np.isin(np.concatenate([release.normalised.kinds for release in flat]), CORE)
    keys, owners, retained = sample_keys(key, package.astype(np.uint32), core)
    expected = np.bincount(owners[retained], minlength=len(packages)).astype(np.uint32)
    folders, folder_owners = _folders(members)
    return Catalogue(
        packages=packages,
        expected=expected,
        extras=np.bincount(owners, minlength=len(packages)).astype(np.uint32) - expected,
        keys=keys,
        owners=owners,
        folders=folders,
        folder_owners=folder_owners,
        versions=[release.version for release in flat if release.version],
        version_starts=run_bounds([sum(bool(each.version) for each in group) for group in members]),
        **_contents(members, package, key, core).columns(),
    )


def _contents(
    members: Sequence[Sequence[Release]],
    package: NDArray[np.intp],
    key: NDArray[np.uint64],
    core: NDArray[np.bool_],
) -> Contents:
    """Return the tables of contents of releases, sorted by version in groups.

    ``package``, ``key`` and ``core`` have an entry per file, shape ``(files,)``.
    """
    flat = [release for group in members for release in group]
    # A release without a version comes before all others of its package, and counts for nothing here.
    places = [place - (not group[0].version) for group in members for place in range(len(group))]
    version = np.repeat(places, [len(release.paths) for release in flat])
    size = np.concatenate([release.sizes for release in flat])
    hashed = np.concatenate([release.hashes for release in flat])
    known = version >= 0
    return fold_contents(
        *(column[known] for column in (package, version, key, size, hashed, core)), count=len(members)
    )


def sample_keys(
    keys: NDArray[np.uint64],
    owners: NDArray[np.uint32],
    core: NDArray[np.bool_],
    most: int = KEYS_PER_PACKAGE,
) -> tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.bool_]]:
    """Choose the paths of each package that a catalogue retains: core paths first, then by hash.

    Up to half of them are paths that no other package has: a sample of what two packages share would not
    distinguish them.

    Parameters
    ----------
    keys, owners, core
        Path hashes, package numbers, and whether a path is core, shape ``(n,)`` each.

    Returns
    -------
    keys, owners, core
        Of the retained paths, sorted by key, shape ``(k,)`` each.
    """
    order = np.lexsort((keys, ~core, owners))
    keys, owners, core = keys[order], owners[order], core[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    keys, owners, core = keys[new], owners[new], core[new]
    place = _place_in_run(owners)
    if len(place) and place.max() >= most:
        alone = core & ~_repeated(keys)
        significant = np.zeros(len(keys), np.bool_)
        significant[np.flatnonzero(alone)[_place_in_run(owners[alone]) < most // 2]] = True
        order = np.lexsort((keys, ~significant, ~core, owners))
        keys, owners, core = keys[order], owners[order], core[order]
    retained = np.flatnonzero(place < most)
    retained = retained[np.lexsort((owners[retained], keys[retained]))]
    return keys[retained], owners[retained], core[retained]


def _place_in_run(values: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return for each of some sorted values how many equal ones precede it, shape ``(n,)``."""
    first = np.ones(len(values), np.bool_)
    first[1:] = values[1:] != values[:-1]
    run = np.flatnonzero(first)
    return np.arange(len(values)) - np.repeat(run, np.diff(np.append(run, len(values))))


def _repeated(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which keys occur more than once, shape ``(n,)``."""
    ordered = np.sort(keys)
    return np.isin(keys, np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))


def _folders(members: Sequence[Sequence[Release]]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    owners = FolderOwners()
    for number, group in enumerate(members):
        for release in group:
            for folder in release.normalised.folders:
                owners.add(folder, number)
    return owners.exclusive()
