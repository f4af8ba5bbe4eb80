"""Limits on what the package databases of one layer may claim, each a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from praxi_tasks.environment import read_fields, variable, whole_number

_PREFIX: Final = "PRAXI_INVENTORY_"


@dataclass(frozen=True, slots=True)
class InventoryLimits:
    """Limits on what is taken of one layer.

    A field ``max_x`` is set by the variable ``PRAXI_INVENTORY_MAX_X``. What is over a limit is left out,
    which the layer's inventory says.

    Attributes
    ----------
    max_claims
        Installed releases, of all databases together.
    max_paths
        Paths that those releases own.
    max_path_bytes
        Characters of all those paths.
    max_text_length
        Characters of a name or a version: versions are compared in quadratic time.
    max_problems
        Lines that say what could not be read; those left out are counted.
    """

    max_claims: int = 30_000
    max_paths: int = 1_000_000
    max_path_bytes: int = 96 << 20
    max_text_length: int = 512
    max_problems: int = 1_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> InventoryLimits:
        """Read the settings; what is not set keeps its default.

        Raises
        ------
        UsageError
            If a setting is no whole number greater than zero.
        """
        parsers = {field.name: whole_number for field in fields(cls)}
        return cls(**read_fields(_PREFIX, parsers, environment))


def setting(field: str) -> str:
    """Return the environment variable that sets a field of :class:`InventoryLimits`."""
    return variable(_PREFIX, field)
