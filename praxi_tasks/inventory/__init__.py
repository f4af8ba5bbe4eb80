"""The package databases that a layer holds: which files they are, and what they claim."""

from praxi_tasks.inventory.database_paths import is_database
from praxi_tasks.inventory.readers import read_inventory

__all__ = ["is_database", "read_inventory"]
