"""Packages that share paths: where the trained experts earn their keep, so training looks there most."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery.catalogue import Catalogue


def confusable_groups(catalogue: Catalogue) -> list[list[str]]:
    """Return groups of packages that are connected by paths they share."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    same = np.flatnonzero(catalogue.keys[1:] == catalogue.keys[:-1])
    left, right = catalogue.owners[same], catalogue.owners[same + 1]
    size = len(catalogue.packages)
    links = coo_matrix((np.ones(len(left), np.bool_), (left, right)), shape=(size, size))
    _, group = connected_components(links, directed=False)
    shared = np.unique(np.concatenate([left, right]))
    order = shared[np.argsort(group[shared], kind="stable")]
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    return [[catalogue.packages[p] for p in part.tolist()] for part in np.split(order, cuts) if len(part) > 1]
