"""From releases to a catalogue of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, Catalogue
from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.learning.folders import FolderOwners

KEYS_PER_PACKAGE: Final = 512
"""How many paths of a package the catalogue keeps: coverage needs a sample, big packages have 100,000."""


class _Contents(NamedTuple):
    """One package's table of contents: see the columns of the same name in the catalogue."""

    keys: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    core: NDArray[np.bool_]
    holder_counts: NDArray[np.uint32]
    holders: NDArray[np.uint16]


def build_catalogue(releases: Iterable[Release]) -> Catalogue:
    """Build the catalogue of releases whose versions are known; the order they come in does not matter."""
    groups: defaultdict[str, dict[str, Release]] = defaultdict(dict)
    for release in releases:
        groups[release.package][release.version] = release
    packages = sorted(groups)
    members = [[groups[name][version] for version in sorted(groups[name])] for name in packages]
    contents = [_contents(group) for group in members]
    samples = [_sample(table) for table in contents]
    counts = [len(sample) for sample in samples]
    keys = np.concatenate(
        [table.keys[sample] for table, sample in zip(contents, samples, strict=True)] or [_NONE]
    )
    owners = np.repeat(np.arange(len(packages), dtype=np.uint32), counts)
    order = np.lexsort((owners, keys))
    core = [int(table.core[sample].sum()) for table, sample in zip(contents, samples, strict=True)]
    folders, folder_owners = _folders(members)
    return Catalogue(
        packages=packages,
        expected=np.array(core, np.uint32),
        extras=np.array(counts, np.uint32) - np.array(core, np.uint32),
        keys=keys[order],
        owners=owners[order],
        folders=folders,
        folder_owners=folder_owners,
        versions=[release.version for group in members for release in group],
        version_starts=starts([len(group) for group in members]),
        row_starts=starts([len(table.keys) for table in contents]),
        row_keys=_joined([table.keys for table in contents], np.uint64),
        row_sizes=_joined([table.sizes for table in contents], np.uint64),
        row_hashes=_joined([table.hashes for table in contents], np.uint64),
        row_core=_joined([table.core for table in contents], np.bool_),
        holder_starts=starts(_joined([table.holder_counts for table in contents], np.uint32)),
        holders=_joined([table.holders for table in contents], np.uint16),
    )


_NONE: Final = np.empty(0, np.uint64)


def starts(counts: Sequence[int] | NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return where runs of the given lengths start, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(np.asarray(counts, np.uint64)))).astype(np.uint32)


def _joined(parts: Sequence[NDArray[np.generic]], dtype: type[np.generic]) -> NDArray[np.generic]:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype)


def _contents(group: Sequence[Release]) -> _Contents:
    """Fold the releases of one package: one row for each distinct path, size and hash."""
    size = [len(release.paths) for release in group]
    version = np.repeat(np.arange(len(group), dtype=np.uint16), size)
    keys = np.concatenate([release.normalised.keys for release in group])
    kinds = np.concatenate([release.normalised.kinds for release in group])
    sizes = np.concatenate([release.sizes for release in group])
    hashes = np.concatenate([release.hashes for release in group])
    order = np.lexsort((version, hashes, sizes, keys))
    keys, sizes, hashes, version = keys[order], sizes[order], hashes[order], version[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (sizes[1:] != sizes[:-1]) | (hashes[1:] != hashes[:-1])
    first = np.flatnonzero(new)
    counts = np.diff(np.append(first, len(keys))).astype(np.uint32)
    core = np.isin(kinds[order], CORE)[first]
    return _Contents(keys[first], sizes[first], hashes[first], core, counts, version)


def _sample(table: _Contents) -> NDArray[np.intp]:
    """Choose the rows whose keys the catalogue keeps: what does the work first, then by hash."""
    distinct = np.flatnonzero(np.append(True, table.keys[1:] != table.keys[:-1])[: len(table.keys)])
    order = np.lexsort((table.keys[distinct], ~table.core[distinct]))
    return distinct[order[:KEYS_PER_PACKAGE]]


def _folders(members: Sequence[Sequence[Release]]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    owners = FolderOwners()
    for number, group in enumerate(members):
        for release in group:
            for folder in release.normalised.folders:
                owners.add(folder, number)
    return owners.exclusive()
