"""Alpine's versions as apk orders them; univers borrows Gentoo's rules, which know no ``_git20230717``."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

_FORM: Final = re.compile(
    r"(?P<numbers>\d+(?:\.\d+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)"
    r"(?:~[0-9a-f]+)?(?:-r(?P<revision>\d+))?"
)
_SUFFIX: Final = re.compile(r"_([a-z]+)(\d*)")
# What comes before a release, the release itself, and what comes after it.
_RANKS: Final = {name: rank for rank, name in enumerate(
    ("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"), -4
)}  # fmt: skip
_RELEASE: Final = (_RANKS[""], 0)


class ApkVersion(Version):
    """A version of an Alpine package."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether apk would take it."""
        return _FORM.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[object, ...]:
        """Return what decides the order: numbers, letter, suffixes, revision; a commit's hash does not."""
        parts = _FORM.fullmatch(string)
        if parts is None:
            raise ValueError(string)
        first, *others = parts["numbers"].split(".")
        suffixes = [(_RANKS[name], int(number or 0)) for name, number in _SUFFIX.findall(parts["suffixes"])]
        return (
            ((int(first), 0), *map(_number, others)),
            parts["letter"],
            (*suffixes, _RELEASE),
            int(parts["revision"] or 0),
        )


def _number(digits: str) -> tuple[int, int]:
    """Return the rank of a number after the first: more leading zeros come earlier, as in fractions."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    return (-zeros, int(rest or 0)) if zeros else (int(rest), 0)
