"""The order of semantic versions (SemVer 2.0.0, section 11), which univers shares with looser forms."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

SEMANTIC: Final = re.compile(
    r"(?P<numbers>\d+\.\d+\.\d+)(?:-(?P<prerelease>[0-9A-Za-z.-]+))?(?:\+(?P<build>[0-9A-Za-z.-]*))?",
    re.ASCII,
)
Identifiers = tuple[tuple[bool, int, str], ...]
Order = tuple[tuple[int, ...], bool, Identifiers]


def semantic_order(numbers: str, prerelease: str) -> Order:
    """Return what decides the order of a version, where a missing number is zero.

    Parameters
    ----------
    numbers
        Up to three, with dots between them.
    prerelease
        Identifiers with dots between them; empty for a release, which comes after its prereleases.
    """
    parts = [int(number) for number in numbers.split(".")]
    return tuple(parts + [0] * (3 - len(parts))), not prerelease, identifiers_order(prerelease)


def identifiers_order(text: str) -> Identifiers:
    """Return what orders identifiers with dots between them: numbers first, and by their value."""
    identifiers = text.split(".") if text else []
    return tuple((not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in identifiers)


class SemanticVersion(Version):
    """A version as the specification has it, such as a Rust crate's; univers also takes looser forms."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether it is one."""
        return SEMANTIC.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> tuple[object, ...]:
        """Return what decides the order: the numbers and the prerelease; build metadata does not."""
        found = SEMANTIC.fullmatch(string)
        if found is None:
            raise ValueError(string)
        return semantic_order(found["numbers"], found["prerelease"] or "")


class PubVersion(SemanticVersion):
    """A version of a Dart package: ``1.0.0+1`` mends ``1.0.0``, for builds count (``pub_semver``)."""

    @classmethod
    def build_value(cls, string: str) -> tuple[object, ...]:
        """Return what decides the order: that of any semantic version, then the build."""
        found = SEMANTIC.fullmatch(string)
        if found is None:
            raise ValueError(string)
        order = semantic_order(found["numbers"], found["prerelease"] or "")
        return order, identifiers_order(found["build"] or "")
