"""Looking a layer up in a catalogue: which packages have evidence in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, Catalogue
from praxi_tasks.fingerprint.paths import PYTHON_ROOT, PathColumns, hash_text


@dataclass(frozen=True, slots=True, eq=False)
class LayerKeys:
    """The distinct normalised paths of a layer, sorted by hash.

    ``rows`` points at the file that stands for each: the original rather than byte code made from it.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.intp]
    core: NDArray[np.bool_]
    system: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: PathColumns) -> LayerKeys:
        """Reduce a layer's columns to distinct keys."""
        order = np.lexsort((columns.derived, columns.keys))
        keys = columns.keys[order]
        new = np.ones(len(keys), np.bool_)
        new[1:] = keys[1:] != keys[:-1]
        rows = order[new]
        return cls(keys[new], rows, np.isin(columns.kinds[rows], CORE), columns.system[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Pairs of a layer's key and a package that owns it; ``keys`` points into :class:`LayerKeys`."""

    keys: NDArray[np.intp]
    packages: NDArray[np.intp]


def match_keys(layer: LayerKeys, catalogue: Catalogue) -> Matches:
    """Return every pair of a key of the layer and a package of the catalogue that owns it."""
    first = np.searchsorted(catalogue.keys, layer.keys, side="left")
    inside = np.flatnonzero(first < len(catalogue.keys))
    hit = inside[catalogue.keys[first[inside]] == layer.keys[inside]]
    first = first[hit]
    counts = np.searchsorted(catalogue.keys, layer.keys[hit], side="right") - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return Matches(
        np.repeat(hit, counts), catalogue.owners[np.repeat(first, counts) + within].astype(np.intp)
    )


def match_folders(folders: list[str], catalogue: Catalogue) -> NDArray[np.intp]:
    """Return for each normalised folder the package that has it to itself, -1 for none."""
    places: dict[str, int] = {}
    above: list[int] = []
    for folder in folders:
        _register(folder, places, above)
    hashes = np.fromiter((hash_text(place) for place in places), np.uint64, len(places))
    found = np.searchsorted(catalogue.folders, hashes)
    found[found == len(catalogue.folders)] = 0
    owners = np.full(len(places), -1, np.intp)
    if len(catalogue.folders):
        hit = catalogue.folders[found] == hashes
        owners[hit] = catalogue.folder_owners[found[hit]]
    for place, upper in enumerate(above):  # parents come before their children
        if owners[place] < 0 and upper >= 0:
            owners[place] = owners[upper]
    return owners[np.fromiter((places[folder] for folder in folders), np.intp, len(folders))]


def _register(folder: str, places: dict[str, int], above: list[int]) -> int:
    known = places.get(folder)
    if known is not None:
        return known
    upper = -1
    if folder and folder != PYTHON_ROOT:
        head = folder.rpartition("/")[0]
        upper = _register(head or (PYTHON_ROOT if folder.startswith(PYTHON_ROOT) else ""), places, above)
    places[folder] = number = len(above)
    above.append(upper)
    return number
