"""Matching a layer's paths with a catalogue: which packages have evidence in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, among
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.fingerprint import PYTHON_ROOT, PathColumns, hash_text, parent_folder, shallow_folder

_BATCH: Final = 16 << 20  # characters that the names of all folders above those of a batch may have


@dataclass(frozen=True, slots=True, eq=False)
class LayerKeys:
    """The distinct normalised paths of a layer, sorted by hash.

    One below the distribution's own folder for Python and one below another such folder are two, as two
    packages may have them.

    Parameters
    ----------
    keys
        Path hashes, sorted, shape ``(k,)``; distinct but for those.
    rows
        The file that stands for each: the original rather than byte code made from it, shape ``(k,)``.
    key_of
        The index among ``keys`` of every file of the layer, shape ``(files,)``.
    core
        Whether the path is of a kind in :data:`~praxi_tasks.discovery.catalogue.CORE`, shape ``(k,)``.
    python
        Whether it lies below a folder that Python imports from, shape ``(k,)``.
    system
        Whether that is the distribution's own, where pip does not write, shape ``(k,)``.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.intp]
    key_of: NDArray[np.intp]
    core: NDArray[np.bool_]
    python: NDArray[np.bool_]
    system: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: PathColumns) -> LayerKeys:
        """Reduce a layer's columns to distinct keys."""
        order = np.lexsort((columns.system, columns.keys))
        keys, system = columns.keys[order], columns.system[order]
        new = np.ones(len(keys), np.bool_)
        new[1:] = (keys[1:] != keys[:-1]) | (system[1:] != system[:-1])
        key_of = np.empty(len(keys), np.intp)
        key_of[order] = np.cumsum(new) - 1
        rows = _first_rows(order, columns.derived[order], np.flatnonzero(new))
        below = np.array([folder.startswith(PYTHON_ROOT) for folder in columns.folders], np.bool_)
        python = below[columns.folder_of[rows]] if len(rows) else np.zeros(0, np.bool_)
        return cls(keys[new], rows, key_of, among(columns.kinds[rows], CORE), python, system[new])

    def at_home(self, keys: NDArray[np.intp], native: NDArray[np.bool_] | bool) -> NDArray[np.bool_]:
        """Return which paths are where a package installs, the distribution's or another; shape ``(n,)``.

        Below a folder that Python imports from, a path belongs to a package of the distribution if the folder
        is the distribution's own, and to no other package there.
        """
        return np.asarray(~self.python[keys] | (self.system[keys] == native))


def _first_rows(
    rows: NDArray[np.intp], derived: NDArray[np.bool_], starts: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the first row of each run of rows, of those that are not derived if there are any.

    Parameters
    ----------
    rows, derived
        File rows and whether each is derived, ordered by key, shape ``(files,)``.
    starts
        Where each run starts, shape ``(k,)``.
    """
    if not len(rows):
        return rows
    return np.asarray(np.minimum.reduceat(rows + len(rows) * derived, starts) % len(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Pairs of a layer's path and a package that owns it.

    ``keys`` are indices into :class:`LayerKeys`, ``packages`` package numbers; shape ``(pairs,)`` each.
    """

    keys: NDArray[np.intp]
    packages: NDArray[np.intp]

    def where(self, mask: NDArray[np.bool_]) -> Matches:
        """Return the pairs of a mask of shape ``(pairs,)``."""
        return Matches(self.keys[mask], self.packages[mask])


def match_keys(layer: LayerKeys, catalogue: LayerCatalogue) -> Matches:
    """Return every pair of a path of the layer and a package of the catalogue that owns it where it lies."""
    hit, first, counts = _runs(catalogue.keys, layer.keys)
    keys = np.repeat(hit, counts)
    within = np.arange(len(keys)) - np.repeat(np.cumsum(counts) - counts, counts)
    packages = catalogue.owners[np.repeat(first, counts) + within].astype(np.intp)
    return Matches(keys, packages).where(layer.at_home(keys, catalogue.native[packages]))


def _runs(
    table: NDArray[np.uint64], wanted: NDArray[np.uint64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Find hashes in a sorted table.

    Parameters
    ----------
    table
        Sorted hashes, shape ``(t,)``.
    wanted
        Hashes to look up, shape ``(w,)``.

    Returns
    -------
    hit
        Indices of the wanted hashes that are there, shape ``(h,)``.
    first, counts
        Where the run of each begins in the table, and how long it is, shape ``(h,)`` each.
    """
    first = np.searchsorted(table, wanted)
    hit = np.flatnonzero(first < len(table))
    hit = hit[table[first[hit]] == wanted[hit]]
    first = first[hit]
    counts = np.ones(len(hit), np.intp)
    # Nearly all runs are of one: only where the next entry is the same is the end searched for.
    follows = np.minimum(first + 1, len(table) - 1)
    longer = np.flatnonzero((follows > first) & (table[follows] == wanted[hit])) if len(hit) else hit
    counts[longer] = np.searchsorted(table, wanted[hit[longer]], side="right") - first[longer]
    return hit, first, counts


def match_folders(folders: list[str], catalogue: LayerCatalogue) -> NDArray[np.intp]:
    """Return the packages to which each folder is exclusive, shape ``(len(folders), 2)``; -1 for none.

    Two merged catalogues may each know another owner, hence two columns.
    """
    found = [_match_folders(batch, catalogue) for batch in _batches(folders)]
    return np.concatenate([np.empty((0, 2), np.intp), *found])


def _batches(folders: list[str]) -> Iterator[list[str]]:
    """Yield folders in their order, cut at the depth of a release's, so many that those above take little."""
    batch: list[str] = []
    room = _BATCH
    for folder in map(shallow_folder, folders):
        room -= len(folder) * (folder.count("/") + 1) // 2
        if room < 0 and batch:
            yield batch
            batch, room = [], _BATCH
        batch.append(folder)
    yield batch


def _match_folders(folders: list[str], catalogue: LayerCatalogue) -> NDArray[np.intp]:
    places, above = _places(folders)
    owners = np.full((len(places), 2), -1, np.intp)
    hashes = np.array([hash_text(place) for place in places], np.uint64)
    hit, first, counts = _runs(catalogue.folders, hashes)
    owners[hit, 0], owners[hit, 1] = (
        catalogue.folder_owners[first],
        catalogue.folder_owners[first + counts - 1],
    )
    nearest: list[int] = []  # of each place: itself, or the lowest place above it that somebody owns
    for place, (owned, upper) in enumerate(zip((owners[:, 0] >= 0).tolist(), above, strict=True)):
        nearest.append(place if owned or upper < 0 else nearest[upper])
    return owners[np.array([nearest[places[folder]] for folder in folders], np.intp)]


def folder_hashes(folders: list[str]) -> NDArray[np.uint64]:
    """Return the hashes of folders and of all above them, sorted and distinct, shape ``(n,)``."""
    found = [
        np.array([hash_text(place) for place in _places(batch)[0]], np.uint64) for batch in _batches(folders)
    ]
    return np.unique(np.concatenate(found))


def folders_within(folders: list[str], upper: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which folders are among some, or below one of them; those are hashes, shape ``(n,)``."""
    found = [_within(batch, upper) for batch in _batches(folders)]
    return np.concatenate([np.empty(0, np.bool_), *found])


def _within(folders: list[str], upper: NDArray[np.uint64]) -> NDArray[np.bool_]:
    places, above = _places(folders)
    among_them = np.isin(np.array([hash_text(place) for place in places], np.uint64), upper).tolist()
    for place, higher in enumerate(above):
        among_them[place] |= higher >= 0 and among_them[higher]
    return np.array([among_them[places[folder]] for folder in folders], np.bool_)


def _places(folders: list[str]) -> tuple[dict[str, int], list[int]]:
    """Number folders and those above them, upper ones first; give the number above each, -1 of a root."""
    places: dict[str, int] = {}
    above: list[int] = []
    for folder in folders:
        missing: list[str] = []
        place: str | None = folder
        while place is not None and place not in places:
            missing.append(place)
            place = parent_folder(place)
        upper = -1 if place is None else places[place]
        for lower in reversed(missing):
            above.append(upper)
            upper = places[lower] = len(places)
    return places, above
