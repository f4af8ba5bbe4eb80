"""Derives what an archive's members would leave on disk: overwritten members, hard links.

A later member of the same path replaces the earlier one, and with a folder that becomes something else, all
its content goes. A hard link shows the size and content of the member that it links to, if the same layer
has it: the one that stood before the link when the archive was unpacked.
"""

from __future__ import annotations

import bisect
import itertools

import numpy as np
import xxhash
from numpy.typing import NDArray

from praxi_tasks.oci.layer.members import DIRECTORY, FILE, HARD_LINK, Members
from praxi_tasks.oci.layer.replaced_folders import ReplacedFolders
from praxi_tasks.oci.layer.strings import ends


class PathIndex:
    """The paths of complete members by row."""

    def __init__(self, members: Members) -> None:
        self._paths = members.paths
        self._ends = ends(members.paths)

    def __getitem__(self, row: int) -> bytes:
        start = int(self._ends[row - 1]) + 1 if row else 0
        return bytes(self._paths[start : int(self._ends[row])])


def superseded(members: Members) -> frozenset[int]:
    """Return the rows of the members that later ones replaced."""
    suspects = _rows_of_equal_hash(members)
    if not len(suspects):
        return frozenset()
    index = PathIndex(members)
    gone: set[int] = set()
    replaced_folders: dict[bytes, int] = {}
    for path, rows in _grouped(index, suspects).items():
        gone.update(rows[:-1])
        for earlier, later in itertools.pairwise(rows):
            if members.types[earlier] == DIRECTORY != members.types[later]:
                replaced_folders[path] = later
    if replaced_folders:
        folders = ReplacedFolders(replaced_folders)
        gone.update(row for row in range(len(members)) if folders.last_above(index[row]) > row)
    return frozenset(gone)


def follow_hard_links(members: Members) -> dict[int, int]:
    """Give hard links the size and content hash of what they link to.

    Returns
    -------
    dict
        The row of the regular file that each link leads to, of links whose file this layer holds.
    """
    targets = dict(zip(members.link_rows, bytes(members.link_targets).split(b"\0"), strict=False))
    links = {row: target for row, target in targets.items() if members.types[row] == HARD_LINK}
    sources: dict[int, int] = {}
    if not links:
        return sources
    index = PathIndex(members)
    candidates = _rows_of(members, index, set(links.values()))
    for row, target in links.items():
        rows = candidates.get(target, [])
        before = bisect.bisect_left(rows, row) - 1
        if before >= 0 and members.types[rows[before]] in {FILE, HARD_LINK}:
            members.sizes[row] = members.sizes[rows[before]]
            members.hashes[row] = members.hashes[rows[before]]
            if members.types[rows[before]] == FILE:
                sources[row] = rows[before]
            elif rows[before] in sources:
                sources[row] = sources[rows[before]]
    return sources


def _rows_of_equal_hash(members: Members) -> NDArray[np.intp]:
    """Return the rows, ascending, of which the path is likely not the only one of its kind."""
    hashes = np.asarray(members.path_hashes)
    order = np.argsort(hashes)
    same = hashes[order[1:]] == hashes[order[:-1]]
    return np.union1d(order[1:][same], order[:-1][same])


def _rows_of(members: Members, index: PathIndex, paths: set[bytes]) -> dict[bytes, list[int]]:
    """Return the rows of the members that have one of the paths."""
    wanted = np.fromiter(map(xxhash.xxh3_64_intdigest, paths), np.uint64, len(paths))
    return _grouped(index, np.flatnonzero(np.isin(np.asarray(members.path_hashes), wanted)))


def _grouped(index: PathIndex, rows: NDArray[np.intp]) -> dict[bytes, list[int]]:
    groups: dict[bytes, list[int]] = {}
    for row in rows.tolist():
        groups.setdefault(index[row], []).append(row)
    return groups
