from __future__ import annotations

from praxi_tasks import inventory
from praxi_tasks.inventory import binary, language, os, paths


def test_what_others_may_use_is_written_down() -> None:
    assert set(inventory.__all__) == {
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
        "looks_like_database",
        "name_by_paths",
        "program_cpe",
        "read_inventory",
        "recorded_ecosystems",
        "sha256_of_record",
        "look_for_build_ids",
        "start_inspection",
        "stored_distribution",
    }
    assert all(getattr(inventory, name).__doc__ for name in inventory.__all__)


def test_single_readers_are_nobodys_business_outside() -> None:
    assert binary.__all__ == os.__all__ == language.__all__ == paths.__all__ == []
