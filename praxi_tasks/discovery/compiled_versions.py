"""Versions that byte code tells where its sources are gone: by their sizes, and by what they state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.version_tally import VersionTally
from praxi_tasks.fingerprint import UNKNOWN_SIZE, Tagset
from praxi_tasks.oci.layer import NO_SOURCE, version_number

ENOUGH: Final = 2000
"""Bytes of sources whose sizes agree: those of less may agree by chance."""


class CompiledEvidence(NamedTuple):
    """What byte code shows of each known version of a package; arrays of shape ``(versions,)``.

    Parameters
    ----------
    told
        Of which versions it may be by all that it says.
    denied
        Of which it is not: a source had another size, or none.
    agreeing
        How many sources that are not empty have the size that the version has.
    void
        How many files are called byte code and are none.
    """

    told: NDArray[np.bool_]
    denied: NDArray[np.bool_]
    agreeing: NDArray[np.int64]
    void: int


def compare_byte_code(
    contents: PackageContents,
    versions: Sequence[str],
    tagset: Tagset,
    files: NDArray[np.intp],
    there: NDArray[np.bool_],
    counted: VersionTally,
) -> CompiledEvidence:
    """Compare the sources of a copy's byte code with a package's contents.

    Where a file states a version, that is it or none is: releases in which nothing else changed often have
    one size. Where none does the sizes are enough.

    Parameters
    ----------
    versions
        The known ones, as ``contents`` numbers them.
    files, there
        For each row of the contents, the copy's file at its path, and whether there is one.
    counted
        Counts the paths of each version.
    """
    count = len(versions)
    no = np.zeros(count, np.bool_)
    nothing = CompiledEvidence(no, no, np.zeros(count, np.int64), 0)
    compiled = there & tagset.normalised.derived[files] & tagset.measured[files]
    compiled &= ~np.isin(contents.keys, contents.keys[contents.sizes == UNKNOWN_SIZE])
    if not compiled.any():
        return nothing
    same = compiled & (tagset.sizes[files] == contents.sizes)
    denied = counted.paths(same) < len(np.unique(contents.keys[compiled]))
    stated = np.unique(tagset.hashes[files[compiled]])
    stated = stated[stated != 0]
    if len(stated):
        told = np.isin(np.array([version_number(version) for version in versions], np.uint64), stated)
    else:
        told = counted.sizes(same, contents.sizes) >= ENOUGH
    void = len(np.unique(contents.keys[compiled & (tagset.sizes[files] == NO_SOURCE)]))
    return CompiledEvidence(told & ~denied, denied, counted.paths(same & (contents.sizes > 0)), void)
