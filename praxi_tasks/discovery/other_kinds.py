"""Packages of another kind of distribution than a layer's: named where their contents are, never by paths.

Fedora's and Alpine's programs lie where Debian's do. A model that knows Debian alone would call each of them
a package of Debian's whose contents it does not know.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.candidates import Candidates
from praxi_tasks.discovery.versions import possible_versions
from praxi_tasks.ecosystems import ecosystem_of

_MOST: Final = 0.5


def without_other_kinds(found: Candidates, confidence: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return the confidence in each candidate, 0 in those of another kind that only paths show: ``(n,)``.

    Parameters
    ----------
    confidence
        Shape ``(n,)``.
    kind
        The package URL type of the packages of the layer's distribution; empty where it is not known.
    """
    if not kind:
        return confidence
    left = confidence.copy()
    for place in np.flatnonzero(confidence > 0).tolist():
        package = int(found.packages[place])
        other = found.catalogue.packages[package].partition("/")[0]
        if (
            other != kind
            and ecosystem_of(other).of_distribution
            and found.catalogue.is_of_suites(package)
            and not _is_shown(found, package)
        ):
            left[place] = 0.0
    return left


def _is_shown(found: Candidates, package: int) -> bool:
    """Return whether most of some copy's files are as a known version has them, or it may be one."""
    evidence = [copy.evidence for copy in found.copies.get(package, ())]
    return any(each.agreeing_share >= _MOST or possible_versions(each).any() for each in evidence)
