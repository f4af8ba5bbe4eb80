"""Looking a layer up in a catalogue: which packages have evidence in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import CORE, Catalogue
from praxi_tasks.fingerprint.paths import PYTHON_ROOT, PathColumns, hash_text, parent_folder


@dataclass(frozen=True, slots=True, eq=False)
class LayerKeys:
    """The distinct normalised paths of a layer, sorted by hash.

    ``rows`` points at the file that stands for each: the original rather than byte code made from it.
    ``python`` is true below a folder that Python imports from, ``system`` where the distribution owns that.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.intp]
    core: NDArray[np.bool_]
    python: NDArray[np.bool_]
    system: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: PathColumns) -> LayerKeys:
        """Reduce a layer's columns to distinct keys."""
        order = np.lexsort((columns.derived, columns.keys))
        keys = columns.keys[order]
        new = np.ones(len(keys), np.bool_)
        new[1:] = keys[1:] != keys[:-1]
        rows = order[new]
        below = np.fromiter(
            (f.startswith(PYTHON_ROOT) for f in columns.folders), np.bool_, len(columns.folders)
        )
        python = below[columns.folder_of[rows]] if len(rows) else np.zeros(0, np.bool_)
        return cls(keys[new], rows, np.isin(columns.kinds[rows], CORE), python, columns.system[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Pairs of a layer's key and a package that owns it; ``keys`` points into :class:`LayerKeys`.

    ``packages`` numbers the catalogue's packages.
    """

    keys: NDArray[np.intp]
    packages: NDArray[np.intp]

    def where(self, mask: NDArray[np.bool_]) -> Matches:
        """Return some of the pairs."""
        return Matches(self.keys[mask], self.packages[mask])


def match_keys(layer: LayerKeys, catalogue: Catalogue) -> Matches:
    """Return every pair of a key of the layer and a package of the catalogue that owns it.

    What lies where Python imports from belongs to a package of the distribution only in the distribution's
    own folder there.
    """
    first = np.searchsorted(catalogue.keys, layer.keys, side="left")
    inside = np.flatnonzero(first < len(catalogue.keys))
    hit = inside[catalogue.keys[first[inside]] == layer.keys[inside]]
    first = first[hit]
    counts = np.searchsorted(catalogue.keys, layer.keys[hit], side="right") - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = np.repeat(hit, counts)
    packages = catalogue.owners[np.repeat(first, counts) + within].astype(np.intp)
    foreign = layer.python[keys] & ~layer.system[keys] & catalogue.native[packages]
    return Matches(keys, packages).where(~foreign)


def match_folders(folders: list[str], catalogue: Catalogue) -> NDArray[np.intp]:
    """Return for each normalised folder the packages, two at most, that have it to themselves; -1 for none.

    Two catalogues that were joined may each know another owner, so the result has two columns.
    """
    places: dict[str, int] = {}
    above: list[int] = []
    for folder in folders:
        _register(folder, places, above)
    hashes = np.fromiter((hash_text(place) for place in places), np.uint64, len(places))
    owners = np.stack([_owner(hashes, catalogue, side) for side in (False, True)], axis=1)
    for place, upper in enumerate(above):  # parents come before their children
        if owners[place, 0] < 0 and upper >= 0:
            owners[place] = owners[upper]
    return owners[np.fromiter((places[folder] for folder in folders), np.intp, len(folders))]


def _owner(hashes: NDArray[np.uint64], catalogue: Catalogue, last: bool) -> NDArray[np.intp]:
    owners = np.full(len(hashes), -1, np.intp)
    if len(catalogue.folders) == 0:
        return owners
    found = np.searchsorted(catalogue.folders, hashes, side="right" if last else "left") - last
    found = np.clip(found, 0, len(catalogue.folders) - 1)
    hit = catalogue.folders[found] == hashes
    owners[hit] = catalogue.folder_owners[found[hit]]
    return owners


def _register(folder: str, places: dict[str, int], above: list[int]) -> None:
    """Number a folder and those above it, the upper ones first."""
    missing: list[str] = []
    place: str | None = folder
    while place is not None and place not in places:
        missing.append(place)
        place = parent_folder(place)
    for lower in reversed(missing):
        above.append(-1 if place is None else places[place])
        places[lower] = len(places)
        place = lower
