"""The distribution that a layer is of, by its neighbours: which suite's pack knows most of its paths.

Suites of one distribution share most paths and rename what owns them: ``libssl.so.3`` is libssl3's in one
and libssl3t64's in the next. A layer is of one suite. So packs of other suites count only for paths that its
own does not know: a package left over from before an upgrade is still named, a renamed one is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.bundle import SITE
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.ecosystems import ecosystem_of


class Suites(NamedTuple):
    """The pack of the suite that a layer is of, empty where nothing tells, and those of all other suites."""

    own: str
    others: frozenset[str]


def is_of_suite(part: Catalogue) -> bool:
    """Return whether a part is of a suite's pack: of a distribution's packages, and not a site's own."""
    if part.pack == SITE or not len(part.packages):
        return False
    return ecosystem_of(kind_of(part)).of_distribution


def kind_of(part: Catalogue) -> str:
    """Return the package URL type of the packages of a suite's part."""
    return part.packages[0].partition("/")[0]


def tell_suites(parts: Sequence[Catalogue], keys: Sequence[NDArray[np.intp]], told: str = "") -> Suites:
    """Tell of which suite a layer is.

    Parameters
    ----------
    parts
        The parts of all packs.
    keys
        Indices of the layer's paths that each part knows; they may repeat, shape ``(hits,)`` each.
    told
        The pack that the image's own files name, or the package URL type of its distribution's packages: then
        the layer is of a suite that has such, or of none.
    """
    found: defaultdict[str, list[NDArray[np.intp]]] = defaultdict(list)
    kinds = {}
    for part, known in zip(parts, keys, strict=True):
        if is_of_suite(part):
            found[part.pack].append(known)
            kinds[part.pack] = kind_of(part)
    if told in found:
        own = told
    else:
        may_be = {pack: known for pack, known in found.items() if "/" in told or told in ("", kinds[pack])}
        counts = {pack: len(np.unique(np.concatenate(known))) for pack, known in may_be.items()}
        most = max(counts.values(), default=0)
        best = [pack for pack, count in counts.items() if count == most]
        own = best[0] if len(best) == 1 else ""
    return Suites(own, frozenset(found) - {own} if own else frozenset())
