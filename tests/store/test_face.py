"""What the store shows to the rest of Praxi."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.store") == {
        "Entry",
        "ReadableRoots",
        "S3Access",
        "Store",
        "check_key",
        "documents",
        "keys",
        "open_store",
        "require_write_once",
        "try_everything",
    }


def test_a_dag_file_can_import_it_at_little_cost() -> None:
    assert not loaded_by("praxi_tasks.store") & {"numpy", "obstore", "urllib3", "zstandard"}
