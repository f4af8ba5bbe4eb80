"""Limits on what a release may hold, each a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from praxi_tasks.environment import Limits


@dataclass(frozen=True, slots=True)
class ReleaseLimits(Limits):
    """Limits on one release.

    A field ``max_x`` is set by the variable ``PRAXI_RELEASE_MAX_X``.

    Attributes
    ----------
    max_files
        Files it installs; more than any real release does. A wheel's members are counted before its
        directory is read.
    max_bytes
        Uncompressed bytes of a wheel.
    max_ratio
        Uncompressed bytes of a wheel per byte of it, judged above ``ratio_floor`` uncompressed bytes.
    ratio_floor
        See ``max_ratio``.
    max_path_length
        Characters of one path that it installs.
    max_path_bytes
        Characters of all of them.
    """

    prefix: ClassVar[str] = "PRAXI_RELEASE_"

    max_files: int = 250_000
    max_bytes: int = 4 << 30
    max_ratio: int = 50
    ratio_floor: int = 256 << 20
    max_path_length: int = 1024
    max_path_bytes: int = 64 << 20

    def advice(self, field: str) -> str:
        """Return what to do about a release that is over the limit ``field``."""
        return f"raise {self.setting(field)} if it is trusted"
