"""What a layer says of its packages: which files are databases, programs and archives, what they claim."""

from praxi_tasks.inventory.binary.inspect import Inspected, start_inspection
from praxi_tasks.inventory.binary.program_rules import program_cpe
from praxi_tasks.inventory.claim import Claim, Distribution, Model, Placement
from praxi_tasks.inventory.layer_inventory import (
    HEADS,
    SYSTEM_DATABASES,
    keep_file,
    looks_like_database,
    read_inventory,
    recorded_ecosystems,
)
from praxi_tasks.inventory.layer_view import LEFT_OUT
from praxi_tasks.inventory.model import Inventory

__all__ = [
    "HEADS",
    "LEFT_OUT",
    "SYSTEM_DATABASES",
    "Claim",
    "Distribution",
    "Inspected",
    "Inventory",
    "Model",
    "Placement",
    "keep_file",
    "looks_like_database",
    "program_cpe",
    "read_inventory",
    "recorded_ecosystems",
    "start_inspection",
]
