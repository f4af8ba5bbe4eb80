"""How grave an advisory is: the CVSS v3 base score, or the word its publisher chose.

The formula is section 7 of the specification, https://www.first.org/cvss/v3.1/specification-document.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from praxi_tasks.findings.advisories.osv import Severity as Score
from praxi_tasks.findings.finding import Severity

UNSCORED: Final = -1.0
_IMPACT: Final = {"N": 0.0, "L": 0.22, "H": 0.56}
_WEIGHTS: Final[dict[str, dict[str, float]]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "C": _IMPACT,
    "I": _IMPACT,
    "A": _IMPACT,
}
_PRIVILEGES_IF_CHANGED: Final = {"N": 0.85, "L": 0.68, "H": 0.5}
_BANDS: Final[tuple[tuple[float, Severity], ...]] = (
    (9.0, "critical"),
    (7.0, "high"),
    (4.0, "medium"),
    (0.1, "low"),
    (0.0, "info"),
)
_WORDS: Final[dict[str, Severity]] = {
    "critical": "critical",
    "high": "high",
    "important": "high",
    "moderate": "medium",
    "medium": "medium",
    "low": "low",
    "negligible": "info",
    "unimportant": "info",
    "none": "info",
}


def base_score(vector: str) -> float:
    """Return the base score, 0 to 10, of a CVSS v3.0 or v3.1 vector; -1 if it is not one."""
    if not vector.startswith("CVSS:3."):
        return UNSCORED
    metrics = dict(part.partition(":")[::2] for part in vector.split("/")[1:])
    changed = metrics.get("S") == "C"
    try:
        weight = {name: table[metrics[name]] for name, table in _WEIGHTS.items()}
        if changed:
            weight["PR"] = _PRIVILEGES_IF_CHANGED[metrics["PR"]]
        if metrics["S"] not in {"C", "U"}:
            return UNSCORED
    except KeyError:
        return UNSCORED
    lost = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    if impact <= 0:
        return 0.0
    ease = 8.22 * weight["AV"] * weight["AC"] * weight["PR"] * weight["UI"]
    return _round_up(min((1.08 if changed else 1.0) * (impact + ease), 10))


def of_score(score: float) -> Severity:
    """Return the qualitative rating of a base score; ``unknown`` below 0."""
    return next((word for least, word in _BANDS if score >= least), "unknown")


def of_word(word: object) -> Severity:
    """Return the rating that a publisher's word means (``MODERATE``, ``important``)."""
    return _WORDS.get(str(word).strip().lower().rstrip("*"), "unknown")


def rate(scores: Iterable[Score], notes: Iterable[dict[str, Any] | None]) -> tuple[Severity, float]:
    """Return the rating and score of an advisory: by its highest vector, else by a word in its notes.

    Parameters
    ----------
    scores
        OSV's ``severity`` lists.
    notes
        OSV's ``database_specific`` and ``ecosystem_specific`` objects.
    """
    listed = list(scores)
    best = max((base_score(item.score) for item in listed), default=UNSCORED)
    if best >= 0:
        return of_score(best), best
    words = [item.score for item in listed]
    words += [note.get(field) for note in notes if note for field in ("severity", "urgency")]  # type: ignore[misc]
    return next((word for word in map(of_word, words) if word != "unknown"), "unknown"), UNSCORED


def _round_up(value: float) -> float:
    """Round up to one decimal as appendix A of the specification does, free of binary fractions' noise."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10
