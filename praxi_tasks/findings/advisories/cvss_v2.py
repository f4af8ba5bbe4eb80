"""CVSS v2 base scores: section 3.2.1 of https://www.first.org/cvss/v2/guide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_IMPACT: Final = {"N": 0.0, "P": 0.275, "C": 0.66}
_WEIGHTS: Final[dict[str, dict[str, float]]] = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": _IMPACT,
    "I": _IMPACT,
    "A": _IMPACT,
}


def score(metrics: Mapping[str, str]) -> float:
    """Return the base score, 0 to 10.

    Raises
    ------
    KeyError
        If a metric is missing or has no such value.
    """
    weight = {name: table[metrics[name]] for name, table in _WEIGHTS.items()}
    impact = 10.41 * (1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]))
    if not impact:
        return 0.0
    ease = 20 * weight["AV"] * weight["AC"] * weight["Au"]
    return round((0.6 * impact + 0.4 * ease - 1.5) * 1.176, 1)
