"""Finding a layer's candidates: at its files' paths, then again with relocated files spelled as packaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates, find_candidates
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.relocation import relocate
from praxi_tasks.fingerprint import PYTHON_ROOT, Tagset


def search_candidates(tagset: Tagset, lookup: Lookup, suite: str = "") -> tuple[Tagset, Candidates]:
    """Return the layer with relocated files spelled as they were packaged, and its candidates.

    Parameters
    ----------
    suite
        The pack of the suite that the layer's image says it is of, if it does.
    """
    found = find_candidates(tagset, lookup, suite)
    columns = relocate(tagset.paths, tagset.normalised, _unknown(tagset, found), lookup)
    if columns is None:
        return tagset, found
    tagset = replace(tagset, normalised=columns)
    return tagset, find_candidates(tagset, lookup, suite)


def _unknown(tagset: Tagset, found: Candidates) -> NDArray[np.intp]:
    """Return the rows of files without any candidate, outside Python's import roots; ascending."""
    columns = tagset.normalised
    if not len(tagset):
        return np.empty(0, np.intp)
    known = np.zeros(len(found.layer.keys), np.bool_)
    known[found.matches.keys] = True
    free = np.array([not folder.startswith(PYTHON_ROOT) for folder in columns.folders], np.bool_)
    unclaimed = (found.folder_owners[:, 0] < 0) & free
    rows = found.layer.rows[~known]
    return np.sort(rows[unclaimed[columns.folder_of[rows]]])
