"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.catalogue") == {
        "Archive",
        "ECOSYSTEM",
        "MOST_ARCHIVE_FILES",
        "build_catalogue",
        "confusable_groups",
        "index_contents",
        "index_without",
        "is_contents",
        "read_archive",
        "read_packages",
        "restrict_folder_claims",
    }


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    assert not loaded_by("praxi_tasks.learning.catalogue", "*") & {"xgboost", "sklearn", "scipy", "optuna"}
