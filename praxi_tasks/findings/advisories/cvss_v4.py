"""CVSS v4.0 base scores: section 8 of https://www.first.org/cvss/v4-0/specification-document.

A vector belongs to a *macrovector*, a class of equally grave ones, by its class in each of six equivalences
(EQ1 to EQ6); the specification gives the score of a macrovector's worst members. A milder member loses, on
average over the equivalences, part of the way to the next milder macrovector: the part by which it is milder
than the most severe.

The threat metric E counts where a vector has it: EQ5 is its class, attacked (0) where nothing is said. No
environment is known: every requirement counts as high, so EQ6 follows from EQ3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

Scores = tuple[float, float, float, float, float]
# The values of each metric, most severe first; one place further is one step milder.
_VALUES: Final[dict[str, str]] = {
    "AV": "NALP", "PR": "NLH", "UI": "NPA",
    "AC": "LH", "AT": "NP",
    "VC": "HLN", "VI": "HLN", "VA": "HLN",
    "SC": "HLN", "SI": "HLN", "SA": "HLN",
}  # fmt: skip
_IMPACTS: Final = ("VC", "VI", "VA")
_LATER: Final = ("SC", "SI", "SA")
# By EQ1, EQ2 and EQ4 - 1, and there by EQ5, the scores of (EQ3, EQ6) = 00, 01, 10, 11, 21.
_SCORES: Final[dict[tuple[int, int, int], tuple[Scores, Scores, Scores]]] = {
    (0, 0, 0): ((10.0, 9.6, 9.3, 9.2, 7.9), (9.3, 8.7, 8.9, 8.1, 6.9), (9.1, 8.1, 8.1, 6.5, 5.0)),
    (0, 0, 1): ((9.3, 9.0, 8.8, 8.0, 6.9), (8.9, 8.0, 7.8, 7.0, 5.5), (8.1, 6.8, 6.9, 4.8, 2.7)),
    (0, 1, 0): ((9.5, 9.1, 9.2, 8.2, 7.1), (9.0, 8.3, 8.0, 7.2, 5.2), (8.4, 7.1, 7.0, 5.9, 2.9)),
    (0, 1, 1): ((9.2, 8.1, 8.4, 7.0, 6.3), (8.2, 7.1, 7.1, 5.2, 2.9), (7.2, 5.3, 5.0, 3.0, 1.7)),
    (1, 0, 0): ((9.4, 8.9, 8.6, 7.6, 6.5), (8.6, 7.4, 7.4, 5.8, 5.8), (7.7, 6.4, 5.9, 5.0, 2.6)),
    (1, 0, 1): ((8.7, 7.5, 7.2, 5.7, 5.3), (7.4, 6.3, 5.7, 5.2, 2.1), (6.3, 4.9, 5.2, 2.5, 1.3)),
    (1, 1, 0): ((9.0, 7.7, 7.4, 5.9, 5.8), (7.5, 6.2, 5.7, 5.7, 2.6), (6.1, 5.3, 4.7, 2.3, 1.5)),
    (1, 1, 1): ((7.7, 6.6, 6.1, 5.2, 2.3), (6.8, 5.9, 5.7, 2.9, 1.3), (5.2, 3.0, 2.4, 1.6, 0.6)),
    (2, 0, 0): ((8.6, 7.4, 7.2, 5.7, 4.7), (7.4, 6.1, 5.5, 4.1, 2.1), (5.6, 3.4, 4.6, 1.9, 1.1)),
    (2, 0, 1): ((7.0, 5.4, 5.3, 3.6, 2.4), (5.2, 4.0, 3.4, 1.9, 0.9), (4.0, 2.2, 1.9, 0.8, 0.4)),
    (2, 1, 0): ((7.3, 5.5, 6.1, 5.1, 2.4), (5.9, 4.0, 4.8, 1.8, 1.2), (4.1, 2.0, 2.0, 0.9, 0.5)),
    (2, 1, 1): ((5.4, 4.3, 4.6, 1.8, 1.0), (4.5, 2.2, 1.7, 0.7, 0.3), (2.0, 1.1, 0.8, 0.2, 0.1)),
}
# Where the row of a macrovector has its score, and the scores next milder by EQ3 and EQ6, by EQ3.
_COLUMNS: Final = (0, 2, 4)
_MILDER_COLUMNS: Final[tuple[tuple[int, ...], ...]] = ((1, 2), (3,), ())
# The classes of EQ5: attacked or not said, proof of concept, unreported.
_EXPLOITATION: Final = {"X": 0, "A": 0, "P": 1, "U": 2}
# The arithmetic falls a hair short of some halves.
_HAIR: Final = 1e-6


class _Equivalence(NamedTuple):
    """Metrics that count together, and by class the most severe members' values and its depth in steps."""

    metrics: tuple[str, ...]
    worst: tuple[tuple[str, ...], ...]
    depths: tuple[int, ...]

    def share(self, number: int, metrics: Mapping[str, str]) -> float:
        """Return by which part of a class's depth a vector is milder than the worst members above it."""
        for top in self.worst[number]:
            steps = [
                _VALUES[name].index(metrics[name]) - _VALUES[name].index(value)
                for name, value in zip(self.metrics, top, strict=True)
            ]
            if min(steps) >= 0:
                return sum(steps) / self.depths[number]
        raise ValueError(f"no worst member of class {number} is above {metrics}")


_EQ1: Final = _Equivalence(("AV", "PR", "UI"), (("NNN",), ("ANN", "NLN", "NNP"), ("PNN", "ALP")), (1, 4, 5))
_EQ2: Final = _Equivalence(("AC", "AT"), (("LN",), ("HN", "LP")), (1, 2))
_EQ3: Final = _Equivalence(_IMPACTS, (("HHH",), ("LHH", "HLH"), ("LLL",)), (7, 8, 10))
_EQ4: Final = _Equivalence(_LATER, (("HHH",), ("LLL",)), (5, 4))


def score(metrics: Mapping[str, str]) -> float:
    """Return the score, 0 to 10, of base and threat metrics (CVSS-BT); the other metrics are passed over.

    Raises
    ------
    KeyError
        If a base metric is missing, or a metric has no such value.
    """
    for name, values in _VALUES.items():
        if metrics[name] not in [*values]:
            raise KeyError(f"{name}:{metrics[name]}")
    eq5 = _EXPLOITATION[metrics.get("E", "X")]
    if all(metrics[name] == "N" for name in _IMPACTS + _LATER):
        return 0.0
    classes = _classes(metrics)
    eq1, eq2, eq3, eq4 = classes
    top = _SCORES[eq1, eq2, eq4][eq5][_COLUMNS[eq3]]
    lost = [(top - milder) * share for milder, share in _milder(*classes, eq5, metrics)]
    return int((top - sum(lost) / max(len(lost), 1) + _HAIR) * 10 + 0.5) / 10


def _classes(metrics: Mapping[str, str]) -> tuple[int, int, int, int]:
    """Return the classes of EQ1 to EQ4; a base vector has no Safety impact, EQ4's first class."""
    ease = [metrics[name] for name in _EQ1.metrics]
    eq1 = 0 if ease == ["N"] * 3 else 1 if "N" in ease and ease[0] != "P" else 2
    eq2 = int((metrics["AC"], metrics["AT"]) != ("L", "N"))
    high = [metrics[name] == "H" for name in _IMPACTS]
    eq3 = 0 if high[0] and high[1] else 1 if any(high) else 2
    eq4 = int(all(metrics[name] != "H" for name in _LATER))
    return eq1, eq2, eq3, eq4


def _milder(
    eq1: int, eq2: int, eq3: int, eq4: int, eq5: int, metrics: Mapping[str, str]
) -> Iterator[tuple[float, float]]:
    """Yield of each milder macrovector next to this one its score, and which part of the way there counts."""
    column = _COLUMNS[eq3]
    if eq1 < 2:
        yield _SCORES[eq1 + 1, eq2, eq4][eq5][column], _EQ1.share(eq1, metrics)
    if eq2 < 1:
        yield _SCORES[eq1, eq2 + 1, eq4][eq5][column], _EQ2.share(eq2, metrics)
    if nearer := _MILDER_COLUMNS[eq3]:
        row = _SCORES[eq1, eq2, eq4][eq5]
        yield max(row[place] for place in nearer), _EQ3.share(eq3, metrics)
    if eq4 < 1:
        yield _SCORES[eq1, eq2, eq4 + 1][eq5][column], _EQ4.share(eq4, metrics)
    if eq5 < 2:
        yield _SCORES[eq1, eq2, eq4][eq5 + 1][column], 0.0  # each class of EQ5 has one member
