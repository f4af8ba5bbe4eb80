"""Limits on what the package databases of one layer may claim, each a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from praxi_tasks.environment import Limits


@dataclass(frozen=True, slots=True)
class InventoryLimits(Limits):
    """Limits on what is taken of one layer, and of one archive in it.

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
    max_licence_bytes
        Characters of what is stated about their licences.
    max_archive_members
        Members of a Java archive and of those inside it together.
    max_archive_bytes
        Bytes that are unpacked of a Java archive and of those inside it together.
    max_archive_depth
        Java archives inside each other.
    max_text_length
        Characters of a name or a version: versions are compared in quadratic time.
    max_problems
        Lines that say what could not be read; those left out are counted.
    """

    prefix: ClassVar[str] = "PRAXI_INVENTORY_"

    max_claims: int = 30_000
    max_paths: int = 500_000
    max_path_bytes: int = 48 << 20
    max_licence_bytes: int = 4 << 20
    max_archive_members: int = 150_000
    max_archive_bytes: int = 2 << 30
    max_archive_depth: int = 8
    max_text_length: int = 512
    max_problems: int = 1_000


def setting(field: str) -> str:
    """Return the environment variable that sets a field of :class:`InventoryLimits`."""
    return InventoryLimits.setting(field)
