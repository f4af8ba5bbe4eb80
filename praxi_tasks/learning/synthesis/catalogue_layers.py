"""Layers reconstructed from a catalogue's own entries, for packages without a stored release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Catalogue
from praxi_tasks.fingerprint import PathColumns, PathKind, Tagset

_FOLDER: Final = "reconstructed"


def reconstructed_layers(catalogue: Catalogue, name: str) -> Iterator[Tagset]:
    """Yield a layer per version of a package: its files by path hash, since a catalogue stores no paths.

    Where its versions are unknown, there is one layer with the files of any.
    """
    package = catalogue.packages.index(name)
    start, end = catalogue.row_starts[package : package + 2].tolist()
    if start == end:
        keys = catalogue.keys[catalogue.owners == package]
        unknown = np.zeros(len(keys), np.uint64)
        yield _layer(keys, unknown, unknown, measured=False)
    starts = catalogue.holder_starts[start : end + 1].astype(np.intp)
    held = catalogue.holders[starts[0] : starts[-1]]
    row = start + np.repeat(np.arange(end - start), starts[1:] - starts[:-1])
    for version in np.unique(held).tolist():
        rows = row[held == version]
        columns = (catalogue.row_keys[rows], catalogue.row_sizes[rows], catalogue.row_hashes[rows])
        yield _layer(*columns, measured=True)


def _layer(
    keys: NDArray[np.uint64], sizes: NDArray[np.uint64], hashes: NDArray[np.uint64], *, measured: bool
) -> Tagset:
    count = len(keys)
    nothing = np.zeros(count, np.bool_)
    kinds = np.full(count, PathKind.MAIN, np.uint8)
    columns = PathColumns(keys, kinds, nothing, nothing, np.zeros(count, np.uint32), [_FOLDER])
    paths = [f"{_FOLDER}/{number}" for number in range(count)]
    return Tagset("", paths, columns, sizes, hashes, np.full(count, measured, np.bool_))
