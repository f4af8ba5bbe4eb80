"""How grave an advisory is: by its CVSS base score, or by the word its publisher chose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from praxi_tasks.findings.advisories import cvss_v2, cvss_v3, cvss_v4
from praxi_tasks.findings.advisories.osv import Severity as Score
from praxi_tasks.findings.finding import Severity

UNSCORED: Final = -1.0
_FORMULAS: Final[dict[str, Callable[[Mapping[str, str]], float]]] = {
    "CVSS:3.0": cvss_v3.score,
    "CVSS:3.1": cvss_v3.score,
    "CVSS:4.0": cvss_v4.score,
}
_BANDS: Final[tuple[tuple[float, Severity], ...]] = (
    (9.0, "critical"),
    (7.0, "high"),
    (4.0, "medium"),
    (0.1, "low"),
    (0.0, "info"),
)
_NUMBER: Final = re.compile(r"\d{1,2}(?:\.\d{1,4})?", re.ASCII)
_HIGHEST: Final = 10.0
_PREFIX: Final = "severity_"
_WORST_OF_V2: Final = 8.9
_MALICIOUS: Final = "MAL-"
_NO_VULNERABILITY: Final = frozenset({"unmaintained", "notice"})
"""What RustSec says of advisories that report no vulnerability."""
_RED_HATS: Final = "Red Hat Security Advisory: "
_WORDS: Final[dict[str, Severity]] = {
    "critical": "critical",
    "urgent": "critical",
    "high": "high",
    "important": "high",
    "moderate": "medium",
    "medium": "medium",
    "low": "low",
    "minor": "low",
    "negligible": "info",
    "unimportant": "info",
    "none": "info",
}


class Rating(NamedTuple):
    """How grave an advisory is; ``vector`` is the CVSS vector that says so, empty where a word does."""

    severity: Severity
    score: float = UNSCORED
    vector: str = ""


UNRATED: Final = Rating("unknown")


def base_score(vector: str) -> float:
    """Return the base score, 0 to 10, of a CVSS vector of version 2.0, 3.0, 3.1 or 4.0; -1 if it is none.

    Vectors of version 2 bear no name: ``AV:N/AC:L/Au:N/C:P/I:P/A:P``. Some publishers give the score itself.
    """
    if _NUMBER.fullmatch(vector):
        return min(float(vector), _HIGHEST)
    parts = _parts(vector)
    metrics = dict(part.partition(":")[::2] for part in parts)
    try:
        return _FORMULAS.get(parts[0], cvss_v2.score)(metrics)
    except KeyError:
        return UNSCORED


def _parts(vector: str) -> list[str]:
    text = vector.strip().strip("()")
    parts = text.upper().split("/")
    return parts if parts[0] in _FORMULAS else text.split("/")


def of_score(score: float) -> Severity:
    """Return the qualitative rating of a base score; ``unknown`` below 0."""
    return next((word for least, word in _BANDS if score >= least), "unknown")


def of_word(word: object) -> Severity:
    """Return the rating that a publisher's word means (``MODERATE``, ``SEVERITY_IMPORTANT``)."""
    if not isinstance(word, str):
        return "unknown"
    return _WORDS.get(word.strip().lower().removeprefix(_PREFIX).rstrip("*"), "unknown")


def of_summary(summary: str) -> Severity:
    """Return the rating that begins a notice's summary: ``Important: glibc security update``."""
    first, colon, _ = summary.removeprefix(_RED_HATS).partition(":")
    return of_word(first) if colon else "unknown"


def rate(scores: Iterable[Score], notes: Iterable[dict[str, Any] | None]) -> Rating:
    """Return the rating of an advisory: by its highest vector, else by a word in its notes.

    Vectors of version 2 count where there is no newer one; that version knew nothing more severe than high.

    Parameters
    ----------
    scores
        OSV's ``severity`` lists.
    notes
        OSV's ``database_specific`` and ``ecosystem_specific`` objects.
    """
    notes = list(notes)
    listed = [*(item.score for item in scores if _is_cvss(item)), *_vectors_of(notes)]
    best, vector = _highest(item for item in listed if _is_named(item))
    if best >= 0:
        return Rating(of_score(best), best, "" if _NUMBER.fullmatch(vector) else vector)
    best, vector = _highest(listed)
    if best >= 0:
        return Rating(of_score(min(best, _WORST_OF_V2)), best, vector)
    words: list[object] = [*listed, *_words_of(notes)]
    return Rating(next((word for word in map(of_word, words) if word != "unknown"), "unknown"))


def own_word(scores: Iterable[Score], notes: Iterable[dict[str, Any] | None], summary: str) -> Severity:
    """Return the rating that a publisher chose by a word, whatever a vector says; ``unknown`` without one.

    Parameters
    ----------
    scores, notes
        As those of :func:`rate`.
    summary
        What may begin with the word.
    """
    words: list[object] = [item.score for item in scores]
    words += _words_of(notes)
    found: Severity = next((word for word in map(of_word, words) if word != "unknown"), "unknown")
    return of_summary(summary) if found == "unknown" else found


def of_identifier(identifier: str) -> Severity:
    """Return the rating of an advisory that has none: a package that was made to do harm is critical."""
    return "critical" if identifier.startswith(_MALICIOUS) else "unknown"


def _words_of(notes: Iterable[dict[str, Any] | None]) -> Iterator[object]:
    for note in filter(None, notes):
        for field in ("severity", "urgency"):
            told = note.get(field)
            yield from told if isinstance(told, list) else (told,)
        if str(note.get("informational")) in _NO_VULNERABILITY:
            yield "none"


def _vectors_of(notes: Iterable[dict[str, Any] | None]) -> Iterator[str]:
    """Yield the vectors that notes hold, by themselves or beside their scores."""
    for note in filter(None, notes):
        found = note.get("cvss")
        told = [found.get("vectorString"), found.get("score")] if isinstance(found, dict) else [found]
        vector = next((one for one in told if isinstance(one, str | int | float)), None)
        if vector is not None:
            yield str(vector)


def _highest(vectors: Iterable[str]) -> tuple[float, str]:
    return max(((base_score(vector), vector) for vector in vectors), default=(UNSCORED, ""))


def _is_named(vector: str) -> bool:
    """Return whether a vector names its version, as all from version 3 on do, or is a score itself."""
    return _parts(vector)[0] in _FORMULAS or bool(_NUMBER.fullmatch(vector))


def _is_cvss(score: Score) -> bool:
    """Return whether a score may be one of CVSS: a number of another system says nothing here."""
    return score.type.upper().startswith("CVSS") or not _NUMBER.fullmatch(score.score)
