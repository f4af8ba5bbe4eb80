"""Subsets of a catalogue: without some packages, of these alone, or of some paths only."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue, empty_catalogue
from praxi_tasks.discovery.version_contents import run_bounds, run_indices


def without(part: Catalogue, packages: Container[str]) -> Catalogue:
    """Return a catalogue without some packages; itself if it has none of them.

    Parameters
    ----------
    packages
        ``ecosystem/name``; unknown ones are ignored.
    """
    retained = np.fromiter((name not in packages for name in part.packages), np.bool_, len(part.packages))
    return part if retained.all() else _of_packages(part, retained)


def only(part: Catalogue, package: str) -> Catalogue:
    """Return what a catalogue knows of one package, ``ecosystem/name``."""
    if (number := part.number_of(package)) is None:
        return replace(empty_catalogue(), pack=part.pack, superseded=part.superseded)
    retained = np.zeros(len(part.packages), np.bool_)
    retained[number] = True
    return _of_packages(part, retained)


def _of_packages(part: Catalogue, retained: NDArray[np.bool_]) -> Catalogue:
    """Return the catalogue of the packages in a mask of shape ``(packages,)``."""
    return _subset(
        part, retained, np.flatnonzero(retained[part.owners]), np.flatnonzero(retained[part.folder_owners])
    )


def narrowed(part: Catalogue, keys: NDArray[np.uint64], folders: NDArray[np.uint64]) -> Catalogue:
    """Return the part of a catalogue that matters for some paths: matching them gives the same result.

    Parameters
    ----------
    keys, folders
        Hashes of the paths, and of all folders above them; sorted and distinct, shape ``(n,)`` each.
    """
    key_rows, folder_rows = _rows(part.keys, keys), _rows(part.folders, folders)
    retained = np.zeros(len(part.packages), np.bool_)
    retained[part.owners[key_rows]] = retained[part.folder_owners[folder_rows]] = True
    return _subset(part, retained, key_rows, folder_rows)


def _rows(table: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the rows of a sorted table, ``(t,)``, that hold a wanted value, ``(w,)``, in order."""
    first, last = np.searchsorted(table, wanted), np.searchsorted(table, wanted, side="right")
    return run_indices(first, last - first)


def _subset(
    part: Catalogue, retained: NDArray[np.bool_], own: NDArray[np.intp], claimed: NDArray[np.intp]
) -> Catalogue:
    """Return the retained packages with some of the rows of their keys and folders.

    Parameters
    ----------
    retained
        Mask of shape ``(packages,)``.
    own, claimed
        Rows of ``keys`` and of ``folders``, shape ``(n,)`` each.
    """
    number = (np.cumsum(retained) - 1).astype(np.uint32)
    chosen = np.flatnonzero(retained)
    versions = _lengths(part.version_starts, chosen)
    files = _lengths(part.row_starts, chosen)
    rows = run_indices(part.row_starts[chosen], files)
    held = _lengths(part.holder_starts, rows)
    return Catalogue(
        packages=[part.packages[place] for place in chosen.tolist()],
        expected=part.expected[chosen],
        extras=part.extras[chosen],
        keys=part.keys[own],
        owners=number[part.owners[own]],
        folders=part.folders[claimed],
        folder_owners=number[part.folder_owners[claimed]],
        versions=[part.versions[at] for at in run_indices(part.version_starts[chosen], versions).tolist()],
        version_starts=run_bounds(versions),
        row_starts=run_bounds(files),
        row_keys=part.row_keys[rows],
        row_sizes=part.row_sizes[rows],
        row_hashes=part.row_hashes[rows],
        row_core=part.row_core[rows],
        holder_starts=run_bounds(held),
        holders=part.holders[run_indices(part.holder_starts[rows], held)],
        pack=part.pack,
        superseded=part.superseded,
    )


def _lengths(bounds: NDArray[np.uint32], chosen: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Return the lengths of ``chosen`` runs, shape ``(k,)``; ``bounds`` is ``(runs + 1,)``."""
    return bounds[chosen + 1] - bounds[chosen]
