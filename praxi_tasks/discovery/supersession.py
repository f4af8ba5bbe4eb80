"""Parts that change what earlier parts of their pack say, which stay as they are.

A part never changes, and may be shared or signed. To repair a package, a pack gets a small part that knows it
anew and says that the earlier ones no longer count for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue, empty_catalogue
from praxi_tasks.discovery.catalogue_subset import without
from praxi_tasks.fingerprint import hash_text


def superseding(part: Catalogue, names: Collection[str]) -> Catalogue:
    """Return a part by which all earlier ones of its pack no longer count for some packages.

    Parameters
    ----------
    names
        ``ecosystem/name`` of each.
    """
    hashes = np.fromiter(map(hash_text, names), np.uint64, len(names))
    return replace(part, superseded=np.union1d(part.superseded, hashes))


def hiding(packs: Iterable[str], names: Collection[str]) -> list[Catalogue]:
    """Return a part for each of some packs by which it no longer knows some packages, ``ecosystem/name``."""
    nothing = superseding(empty_catalogue(), names)
    return [replace(nothing, pack=pack) for pack in dict.fromkeys(packs)]


def hidden_packages(parts: Sequence[Catalogue]) -> list[NDArray[np.intp]]:
    """Return of each part the numbers of its packages that later parts of its pack supersede, ascending.

    Parameters
    ----------
    parts
        In the model's order.
    """
    gone: dict[str, NDArray[np.uint64]] = {}
    hidden = []
    for part in reversed(parts):
        later = gone.get(part.pack, np.empty(0, np.uint64))
        numbers = part.numbers_of(later)
        hidden.append(np.sort(numbers[numbers >= 0]))
        gone[part.pack] = np.union1d(later, part.superseded)
    return hidden[::-1]


def visible_parts(parts: Sequence[Catalogue]) -> list[Catalogue]:
    """Return parts without the packages that later ones supersede: what is to be merged."""
    return [
        without(part, frozenset(part.packages[number] for number in numbers.tolist()))
        if len(numbers)
        else part
        for part, numbers in zip(parts, hidden_packages(parts), strict=True)
    ]
