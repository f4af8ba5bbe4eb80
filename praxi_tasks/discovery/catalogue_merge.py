"""Merging catalogues that were learned at different times into the one that layers are matched with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue, empty_catalogue
from praxi_tasks.discovery.catalogue_merge_tables import join_tables
from praxi_tasks.discovery.supersession import visible_parts
from praxi_tasks.discovery.tokens import in_sorted

Index = tuple[NDArray[np.uint64], NDArray[np.uint32]]
"""Sorted hashes, and the number of the package that each belongs to; shape ``(n,)`` both."""


def join_catalogues(parts: Sequence[Catalogue]) -> Catalogue:
    """Return the catalogue that knows what any of the parts knows, and no later one of its pack supersedes.

    Neighbours are merged as a tree whose two sides are of about equal size: the many small parts of daily
    trainings are merged with each other before the large first part is copied, once.
    """
    return _joined([part for part in visible_parts(parts) if part.packages])


def _joined(parts: Sequence[Catalogue]) -> Catalogue:
    if len(parts) < 2:
        return parts[0] if parts else empty_catalogue()
    middle = _middle([len(part.keys) + len(part.row_keys) + 1 for part in parts])
    return _join(_joined(parts[:middle]), _joined(parts[middle:]))


def _middle(weights: Sequence[int]) -> int:
    """Return where to split a list into two non-empty halves of about equal weight."""
    sums = np.cumsum(weights)
    halves = np.abs(2 * sums[:-1] - sums[-1])
    return int(np.argmin(halves)) + 1


def _join(first: Catalogue, second: Catalogue) -> Catalogue:
    known = {name: number for number, name in enumerate(first.packages)}
    packages = [*first.packages, *(name for name in second.packages if name not in known)]
    known |= {name: number for number, name in enumerate(packages)}
    moved = np.fromiter((known[name] for name in second.packages), np.uint32, len(second.packages))
    keys, owners = _merge((first.keys, first.owners), (second.keys, moved[second.owners]))
    folders, folder_owners = _merge(
        (first.folders, first.folder_owners), (second.folders, moved[second.folder_owners])
    )
    again = folders[1:][folders[1:] == folders[:-1]]
    disputed = np.unique(np.concatenate([first.disputed, second.disputed, again]))
    alone = ~in_sorted(disputed, folders)
    tables = join_tables(first, second, moved, len(packages))
    return Catalogue(
        packages=packages,
        expected=_counts(first.expected, second.expected, moved, len(packages)),
        extras=_counts(first.extras, second.extras, moved, len(packages)),
        keys=keys,
        owners=owners,
        folders=folders[alone],
        folder_owners=folder_owners[alone],
        versions=tables.versions,
        version_starts=tables.version_starts,
        disputed=disputed,
        **tables.contents.columns(),
    )


def _merge(first: Index, second: Index) -> Index:
    """Merge two sorted indexes; entries that both have are kept once."""
    double = np.zeros(len(second[0]), np.bool_)
    place = np.searchsorted(first[0], second[0])
    while len(first[0]):
        at = np.minimum(place, len(first[0]) - 1)
        same = first[0][at] == second[0]
        double |= same & (first[1][at] == second[1]) & (place < len(first[0]))
        if not np.any(same & (place < len(first[0]))):
            break
        place = place + same
    keys, owners = second[0][~double], second[1][~double]
    after = np.searchsorted(first[0], keys, side="right")
    return np.insert(first[0], after, keys), np.insert(first[1], after, owners)


def _counts(
    first: NDArray[np.uint32], second: NDArray[np.uint32], moved: NDArray[np.uint32], size: int
) -> NDArray[np.uint32]:
    """Return the path count of each package, shape ``(size,)``; the larger of two where both know one.

    Parameters
    ----------
    first, second
        Counts of each catalogue's packages.
    moved
        The merged numbers of the second's packages, shape ``(len(second),)``.
    """
    counts = np.zeros(size, np.uint32)
    counts[: len(first)] = first
    counts[moved] = np.maximum(counts[moved], second)
    return counts
