"""Telling the versions of one package apart by what its files weigh and hold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.fingerprint.tagset import Tagset


class VersionEvidence(NamedTuple):
    """What a layer says about each known version of a package, as arrays over the versions.

    ``present`` counts the version's core paths that the layer has, ``expected`` all of them; ``agreeing``
    the measured files that are as the version has them, ``differing`` those that are not.
    """

    present: NDArray[np.int64]
    expected: NDArray[np.int64]
    agreeing: NDArray[np.int64]
    differing: NDArray[np.int64]
    telling: NDArray[np.int64]


def weigh_versions(package: int, catalogue: Catalogue, layer: LayerKeys, tagset: Tagset) -> VersionEvidence:
    """Compare a package's tables of contents with the files of a layer."""
    start, end = catalogue.row_starts[package : package + 2].tolist()
    count = len(catalogue.versions_of(package))
    keys = catalogue.row_keys[start:end]
    places = np.minimum(np.searchsorted(layer.keys, keys), max(len(layer.keys) - 1, 0))
    there = layer.keys[places] == keys if len(layer.keys) else np.zeros(len(keys), np.bool_)
    files = layer.rows[places] if len(layer.keys) else places
    measured = there & tagset.measured[files] & ~tagset.normalised.derived[files]
    sizes, hashes = catalogue.row_sizes[start:end], catalogue.row_hashes[start:end]
    same = measured & (tagset.sizes[files] == sizes)
    comparable = (tagset.hashes[files] != 0) & (hashes != 0)
    same &= ~comparable | (tagset.hashes[files] == hashes)
    core = catalogue.row_core[start:end]

    holder_starts = catalogue.holder_starts[start : end + 1].astype(np.intp)
    holders = catalogue.holders[holder_starts[0] : holder_starts[-1]]
    row_of = np.repeat(np.arange(end - start), np.diff(holder_starts))

    def tally(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(holders[mask[row_of]], minlength=count)

    agreeing = tally(same)
    seen = len(np.unique(keys[measured]))
    _, group, spellings = np.unique(keys, return_inverse=True, return_counts=True)
    varied = spellings[group] > 1
    return VersionEvidence(tally(there & core), tally(core), agreeing, seen - agreeing, tally(same & varied))


def tied_versions(evidence: VersionEvidence) -> NDArray[np.intp]:
    """Return the versions that no file speaks against more than against the best one; none if all are wrong."""
    if not len(evidence.present):
        return np.empty(0, np.intp)
    fewest = evidence.differing.min()
    if fewest > max(0.02 * (evidence.agreeing + evidence.differing).max(), 0):
        return np.empty(0, np.intp)
    tied = np.flatnonzero(evidence.differing == fewest)
    missing = (evidence.expected - evidence.present)[tied]
    return tied[missing == missing.min()]
