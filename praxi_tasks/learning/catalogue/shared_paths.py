"""Groups of packages that share paths: the hardest to distinguish, so training draws on them most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Catalogue


def confusable_groups(catalogue: Catalogue) -> list[list[str]]:
    """Return groups of packages that are connected by shared paths."""
    same = np.flatnonzero(catalogue.keys[1:] == catalogue.keys[:-1])
    left, right = catalogue.owners[same].astype(np.intp), catalogue.owners[same + 1].astype(np.intp)
    group = _connected(left, right, len(catalogue.packages))
    shared = np.unique(np.concatenate([left, right]))
    order = shared[np.argsort(group[shared], kind="stable")]
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    return [[catalogue.packages[p] for p in part.tolist()] for part in np.split(order, cuts) if len(part) > 1]


def _connected(left: NDArray[np.intp], right: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Return the connected components of a graph: each node's smallest connected node, shape ``(size,)``.

    Parameters
    ----------
    left, right
        The nodes of each edge, shape ``(edges,)``.
    """
    group = np.arange(size)
    while (group[left] != group[right]).any():
        low = np.minimum(group[left], group[right])
        np.minimum.at(group, group[left], low)
        np.minimum.at(group, group[right], low)
        group = group[group]
    return group
