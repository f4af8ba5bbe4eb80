"""What other rooms may use of packs, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.packs") == {
        "ARTIFACT_TYPE",
        "Moved",
        "NamedPack",
        "OCI",
        "Watcher",
        "check_name",
        "list_packs",
        "pack_names",
        "packs_of_model",
        "pull_pack",
        "push_pack",
        "read_pack",
        "shared_pool",
        "store_pack",
        "use_packs",
        "with_packs",
    }


def test_signatures_are_loaded_by_who_pushes_or_pulls_alone() -> None:
    assert "cryptography" not in loaded_by("praxi_tasks.packs", "use_packs")
