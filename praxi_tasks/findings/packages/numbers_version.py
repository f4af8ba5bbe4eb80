"""Versions that are numbers only: R's ("Writing R Extensions", 1.1.1) and Haskell's (``Data.Version``)."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

_VERSION: Final = re.compile(r"\d+(?:[.-]\d+)*", re.ASCII)


class NumbersVersion(Version):
    """Numbers parted by dots and dashes, which mean the same; a longer version is the higher of two."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether a text is such a version."""
        return _VERSION.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[int, ...]:
        """Return what decides the order."""
        return tuple(map(int, re.split(r"[.-]", string)))
