"""The order of semantic versions (SemVer 2.0.0, section 11), which univers shares with looser forms."""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

SEMANTIC: Final = re.compile(
    r"(?P<numbers>\d+\.\d+\.\d+)(?:-(?P<prerelease>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?", re.ASCII
)
Order = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


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
    identifiers = prerelease.split(".") if prerelease else []
    return (
        tuple(parts + [0] * (3 - len(parts))),
        not prerelease,
        tuple((not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in identifiers),
    )


class SemanticVersion(Version):
    """A version as the specification has it, such as a Rust crate's; univers also takes looser forms."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether it is one."""
        return SEMANTIC.fullmatch(string) is not None

    @classmethod
    def build_value(cls, string: str) -> Order:
        """Return what decides the order: the numbers and the prerelease; build metadata does not."""
        found = SEMANTIC.fullmatch(string)
        if found is None:
            raise ValueError(string)
        return semantic_order(found["numbers"], found["prerelease"] or "")
