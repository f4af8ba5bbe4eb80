"""CVSS v3.0 and v3.1 base scores: section 7 of https://www.first.org/cvss/v3.1/specification-document."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

_IMPACT: Final = {"N": 0.0, "L": 0.22, "H": 0.56}
_WEIGHTS: Final[dict[str, dict[str, float]]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": _IMPACT,
    "I": _IMPACT,
    "A": _IMPACT,
}
# By whether the scope changes, what privileges weigh.
_PRIVILEGES: Final = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}


def score(metrics: Mapping[str, str]) -> float:
    """Return the base score, 0 to 10.

    Raises
    ------
    KeyError
        If a metric is missing or has no such value.
    """
    weight = {name: table[metrics[name]] for name, table in _WEIGHTS.items()}
    ease = 8.22 * weight["AV"] * weight["AC"] * _PRIVILEGES[metrics["S"]][metrics["PR"]] * weight["UI"]
    lost = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    changed = metrics["S"] == "C"
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    if impact <= 0:
        return 0.0
    return _round_up(min((1.08 if changed else 1.0) * (impact + ease), 10))


def _round_up(value: float) -> float:
    """Round up to one decimal as appendix A of the specification does, free of binary fractions' noise."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10
