"""Limits on what a release may hold, each a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from praxi_tasks.environment import read_fields, variable, whole_number

_PREFIX: Final = "PRAXI_RELEASE_"


@dataclass(frozen=True, slots=True)
class ReleaseLimits:
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
    """

    max_files: int = 250_000
    max_bytes: int = 4 << 30
    max_ratio: int = 50
    ratio_floor: int = 256 << 20

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> ReleaseLimits:
        """Read the settings; what is not set keeps its default.

        Raises
        ------
        UsageError
            If a setting is no whole number greater than zero.
        """
        parsers = {field.name: whole_number for field in fields(cls)}
        return cls(**read_fields(_PREFIX, parsers, environment))

    def setting(self, field: str) -> str:
        """Return what to do about a release that is over the limit ``field``."""
        return f"raise {variable(_PREFIX, field)} if it is trusted"
