"""Versions of programs: numbers, and maybe what says that it comes before the release or patches it.

Each project writes it as it likes: ``3.13.0rc1``, ``8.0.0-preview.7``, ``21-ea``, ``8.3.0RC1``; ``1.9.5p2``.
"""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

_FORM: Final = re.compile(
    r"v?(?P<numbers>\d+(?:\.\d+)*)(?:[-._~]?(?P<before>[A-Za-z][A-Za-z0-9.~-]*))?(?:-\d+)?(?:\+.*)?"
)
_PATCH: Final = re.compile(r"p(?:atch)?\d+|[a-z]", re.IGNORECASE)
_PART: Final = re.compile(r"(\d+)|([A-Za-z]+)")
_Part = tuple[int, int, str]


class RuntimeVersion(Version):
    """A version of a program; what follows a plus sign, or a number after a hyphen, is who built it."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether it begins with numbers, of which letters alone follow."""
        return _FORM.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[tuple[int, ...], bool, tuple[_Part, ...]]:
        """Return what decides the order: the numbers without zeros at their end, then what comes before."""
        found = _FORM.fullmatch(string)
        if found is None:
            raise ValueError(string)
        numbers = [int(number) for number in found["numbers"].split(".")]
        while len(numbers) > 1 and not numbers[-1]:
            numbers.pop()
        before = found["before"]
        is_out = before is None or _PATCH.fullmatch(before) is not None
        return tuple(numbers), is_out, tuple(map(_part, _PART.findall((before or "").lower())))


def _part(found: tuple[str, str]) -> _Part:
    digits, letters = found
    return (0, int(digits), "") if digits else (1, 0, letters)
