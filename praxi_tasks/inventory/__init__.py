"""What a layer says of its packages: which files are databases, programs and archives, what they claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.inventory.binary.build_id import build_id_number, build_id_of_file, look_for_build_ids
    from praxi_tasks.inventory.binary.inspect import Inspected, start_inspection
    from praxi_tasks.inventory.binary.program_rules import program_cpe
    from praxi_tasks.inventory.checksums import CHECKSUM_WIDTH, sha256_of_record
    from praxi_tasks.inventory.claim import (
        ARCHIVED,
        EDITABLE,
        IMPORT,
        VENDORED,
        Claim,
        Distribution,
        Model,
        Placement,
        VersionText,
    )
    from praxi_tasks.inventory.layer_inventory import (
        HEADS,
        SYSTEM_DATABASES,
        SYSTEM_FOLDERS,
        keep_file,
        looks_like_database,
        read_inventory,
        recorded_ecosystems,
    )
    from praxi_tasks.inventory.layer_view import LEFT_OUT
    from praxi_tasks.inventory.model import Inventory
    from praxi_tasks.inventory.os.rpm_header import RpmHeader
    from praxi_tasks.inventory.paths.path_name import PathName
    from praxi_tasks.inventory.paths.rules import name_by_paths
    from praxi_tasks.inventory.stored_form import stored_distribution
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "binary.build_id": ("build_id_number", "build_id_of_file", "look_for_build_ids"),
            "binary.inspect": ("Inspected", "start_inspection"),
            "binary.program_rules": ("program_cpe",),
            "checksums": ("CHECKSUM_WIDTH", "sha256_of_record"),
            "claim": (
                "ARCHIVED",
                "EDITABLE",
                "IMPORT",
                "VENDORED",
                "Claim",
                "Distribution",
                "Model",
                "Placement",
                "VersionText",
            ),
            "layer_inventory": (
                "HEADS",
                "SYSTEM_DATABASES",
                "SYSTEM_FOLDERS",
                "keep_file",
                "looks_like_database",
                "read_inventory",
                "recorded_ecosystems",
            ),
            "layer_view": ("LEFT_OUT",),
            "model": ("Inventory",),
            "os.rpm_header": ("RpmHeader",),
            "paths.path_name": ("PathName",),
            "paths.rules": ("name_by_paths",),
            "stored_form": ("stored_distribution",),
        },
    )

__all__ = [
    "ARCHIVED",
    "CHECKSUM_WIDTH",
    "EDITABLE",
    "HEADS",
    "IMPORT",
    "LEFT_OUT",
    "SYSTEM_DATABASES",
    "SYSTEM_FOLDERS",
    "VENDORED",
    "Claim",
    "Distribution",
    "Inspected",
    "Inventory",
    "Model",
    "PathName",
    "Placement",
    "RpmHeader",
    "VersionText",
    "build_id_number",
    "build_id_of_file",
    "keep_file",
    "look_for_build_ids",
    "looks_like_database",
    "name_by_paths",
    "program_cpe",
    "read_inventory",
    "recorded_ecosystems",
    "sha256_of_record",
    "start_inspection",
    "stored_distribution",
]
