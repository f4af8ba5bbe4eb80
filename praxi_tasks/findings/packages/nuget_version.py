"""NuGet's order of versions: semantic ones with up to four numbers (https://learn.microsoft.com/nuget)."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

from praxi_tasks.findings.packages.semantic_version import Order, semantic_order

_VERSION: Final = re.compile(
    r"(?P<numbers>\d+(?:\.\d+){0,3})(?:-(?P<prerelease>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?", re.ASCII
)
_NUMBERS: Final = 4


class NugetVersion(Version):
    """A version of a .NET package: missing numbers are zero, and case makes no difference."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether a text is such a version."""
        return _VERSION.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> Order:
        """Return what decides the order."""
        found = _VERSION.fullmatch(string)
        if found is None:
            raise ValueError(string)
        numbers = found["numbers"] + ".0" * (_NUMBERS - 1 - found["numbers"].count("."))
        return semantic_order(numbers, (found["prerelease"] or "").lower())
