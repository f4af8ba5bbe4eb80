"""Composer's order of versions (https://getcomposer.org/doc/articles/versions.md)."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

_VERSION: Final = re.compile(
    r"v?(?:(?P<numbers>\d{1,5}(?:\.\d+){0,3})|(?P<date>\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?))"
    r"(?:[._-]?(?P<stability>stable|alpha|beta|rc|patch|pl|dev|a|b|p)(?P<number>(?:[.-]?\d+)*))?"
    r"(?P<dev>[.-]?dev)?(?:\+[^\s,]+)?",
    re.ASCII | re.IGNORECASE,
)
_STABLE: Final = "stable"
_RANKS: Final = {"dev": 0, "alpha": 1, "a": 1, "beta": 2, "b": 2, "rc": 3, "": 4, _STABLE: 4}
_PATCH: Final = 5
_NUMBERS: Final = 4


class ComposerVersion(Version):
    """A version of a PHP package: up to four numbers, how stable it is, and whether it is under way there."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether a text is such a version; the name of a branch has no place in the order."""
        return _VERSION.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[tuple[int, ...], int, tuple[int, ...], bool]:
        """Return what decides the order."""
        found = _VERSION.fullmatch(string)
        if found is None:
            raise ValueError(string)
        numbers = tuple(map(int, re.findall(r"\d+", found["numbers"] or found["date"])))
        if found["numbers"]:  # what a date lacks is no zero
            numbers += (0,) * (_NUMBERS - len(numbers))
        stability = (found["stability"] or "").lower()
        if stability == _STABLE:  # what follows it counts for nothing
            return numbers, _RANKS[_STABLE], (), True
        number = tuple(map(int, re.findall(r"\d+", found["number"] or "")))
        return numbers, _RANKS.get(stability, _PATCH), number, found["dev"] is None
