"""Versions of Go's modules, and of Go itself, which writes its prereleases in another way.

Modules have semantic versions behind a ``v``; pseudo-versions are prereleases (Go's modules reference). Of Go
itself ``1.21rc2`` is ``1.21.0-rc.2``, as its advisories name it.
"""

from __future__ import annotations

import re
from typing import Final

from univers.versions import Version

from praxi_tasks.findings.packages.semantic_version import SEMANTIC, Order, semantic_order

_TOOLCHAIN: Final = re.compile(
    r"(?P<numbers>\d+(?:\.\d+){0,2})(?:(?P<stage>alpha|beta|rc)(?P<count>\d+))?", re.ASCII
)


class GoVersion(Version):
    """A version of a module, or of Go."""

    @classmethod
    def is_valid(cls, string: str) -> bool:
        """Return whether it is a version of either."""
        return _order(string) is not None

    @classmethod
    def build_value(cls, string: str) -> Order:
        """Return what decides the order: the numbers and the prerelease; ``+incompatible`` does not."""
        order = _order(string)
        if order is None:
            raise ValueError(string)
        return order


def _order(string: str) -> Order | None:
    text = string.removeprefix("v")
    if found := SEMANTIC.fullmatch(text):
        return semantic_order(found["numbers"], found["prerelease"] or "")
    if found := _TOOLCHAIN.fullmatch(text):
        return semantic_order(
            found["numbers"], f"{found['stage']}.{found['count']}" if found["stage"] else ""
        )
    return None
