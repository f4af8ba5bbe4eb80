"""Distinguishing the versions of one package by the sizes and contents of its files."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.fingerprint import Tagset

EDITED: Final = 0.05
"""The share of a release's files that may have been edited since: configured, patched."""


class VersionEvidence(NamedTuple):
    """What a layer shows of each known version of a package; arrays of shape ``(versions,)``.

    Parameters
    ----------
    present, expected
        How many of the version's core paths the layer has, and how many there are.
    agreeing, differing
        How many measured files are as the version has them, and how many are not.
    contradicting
        How many of the differing files are significant: they are known to change with most versions.
    """

    present: NDArray[np.int64]
    expected: NDArray[np.int64]
    agreeing: NDArray[np.int64]
    differing: NDArray[np.int64]
    contradicting: NDArray[np.int64]


def compare_versions(package: int, catalogue: Catalogue, layer: LayerKeys, tagset: Tagset) -> VersionEvidence:
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
        return np.asarray(np.bincount(holders[mask[row_of]], minlength=count), np.int64)

    _, spelling, spellings = np.unique(keys, return_inverse=True, return_counts=True)
    varied = 2 * spellings[spelling] > count + 1
    agreeing, significant = tally(same), tally(same & varied)
    return VersionEvidence(
        present=tally(there & core),
        expected=tally(core),
        agreeing=agreeing,
        differing=_distinct(keys[measured]) - agreeing,
        contradicting=_distinct(keys[measured & varied]) - significant,
    )


def _distinct(keys: NDArray[np.uint64]) -> int:
    """Count distinct keys among sorted ones, shape ``(n,)``."""
    return int(np.count_nonzero(keys[1:] != keys[:-1])) + 1 if len(keys) else 0


def tied_versions(evidence: VersionEvidence) -> NDArray[np.intp]:
    """Return the indices of the versions that fit equally well, shape ``(k,)``; none if no known one fits.

    A few files may have been edited after installation. That does not rule a version out while all the files
    that do change between versions are as released: a new version would have changed those.
    """
    if not len(evidence.present):
        return np.empty(0, np.intp)
    best = np.lexsort((evidence.differing, evidence.contradicting))[0]
    measured = evidence.agreeing[best] + evidence.differing[best]
    edited = EDITED if len(evidence.present) > 1 else EDITED / 2
    if evidence.contradicting[best] or evidence.differing[best] > edited * measured:
        return np.empty(0, np.intp)
    tied = np.flatnonzero(evidence.differing == evidence.differing[best])
    missing = (evidence.expected - evidence.present)[tied]
    return np.asarray(tied[missing == missing.min()])
