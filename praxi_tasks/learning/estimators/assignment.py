"""Assigns labels to experts: the three published strategies, and the default one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Routing = Literal["default", "random", "similarity", "version"]
ROUTINGS: Final[tuple[Routing, ...]] = ("default", "random", "similarity", "version")
LABELS_PER_EXPERT: Final = 5
SIMILAR: Final = 0.5
"""Labels whose tagsets have a cosine similarity above this share an expert (``similarity``)."""


class Assignment(NamedTuple):
    """How labels are assigned to experts.

    ``size`` is the number of labels per expert where the strategy leaves that open; 0 stands for all.
    """

    routing: Routing = "default"
    size: int = LABELS_PER_EXPERT


DEFAULT_ASSIGNMENT: Final = Assignment()

_TRIED: Final = (
    Assignment("default", 0),
    *(Assignment("random", size) for size in (6, 60, 0)),
    Assignment("similarity", 0),
    Assignment("version", 0),
)
"""The published strategies, random ones with few, with the published best number of, and with all labels."""


def routings_to_try(asked: Assignment) -> list[Assignment]:
    """Return the assignments of releases that a study compares, the one that is asked for first.

    Where the number of labels per expert makes no difference to releases it is 0.
    """
    first = asked if asked.routing == "random" else Assignment(asked.routing, 0)
    return [first, *(each for each in _TRIED if each != first)]


def group_labels(
    labels: Sequence[str],
    profiles: NDArray[np.float32],
    assignment: Assignment,
    rng: np.random.Generator,
) -> list[list[int]]:
    """Assign labels to experts and return the groups, as indices into ``labels``.

    Parameters
    ----------
    profiles
        How often each token occurs with each label, rows scaled to length one, shape ``(labels, tokens)``.
    assignment
        ``random``: any labels together. ``similarity``: labels with similar tagsets. ``version``: all
        versions of a package. ``default``: versions together, filled up with the most similar packages. The
        size counts for ``random`` and ``default`` only.
    """
    routing, size = assignment.routing, assignment.size or max(len(labels), 1)
    if routing == "random":
        return _chunks(rng.permutation(len(labels)).tolist(), size)
    packages: defaultdict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        packages[label.partition("==")[0]].append(place)
    if routing == "version":
        return list(packages.values())
    likeness = profiles @ profiles.T
    if routing == "similarity":
        return _alike(likeness)
    return _chunks(_chain(list(packages.values()), likeness), size)


def _chunks(places: list[int], size: int) -> list[list[int]]:
    return [places[at : at + size] for at in range(0, len(places), size)]


def _alike(likeness: NDArray[np.float32]) -> list[list[int]]:
    """Add each label to the first group whose first label is similar; similarities of shape ``(n, n)``."""
    groups: list[list[int]] = []
    for place in range(len(likeness)):
        home = next((group for group in groups if likeness[group[0], place] > SIMILAR), None)
        if home is None:
            groups.append([place])
        else:
            home.append(place)
    return groups


def _chain(packages: list[list[int]], likeness: NDArray[np.float32]) -> list[int]:
    """Order packages so that each is followed by the most similar one left; similarity ``(n, n)``."""
    left = dict.fromkeys(range(len(packages)))
    chain: list[int] = []
    at = 0
    while left:
        del left[at]
        chain += packages[at]
        if left:
            tip = packages[at][0]
            at = max(left, key=lambda other: float(likeness[tip, packages[other][0]]))
    return chain
