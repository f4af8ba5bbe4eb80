"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.training") == {
        "HELD_OUT_SHARE",
        "LEAST_PACKAGES",
        "PackNames",
        "TrainingTask",
        "add_releases",
        "give_experts",
        "learn_files",
        "learn_releases",
        "make_scorer",
        "recalibrate",
        "tuning_space",
    }


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    assert not loaded_by("praxi_tasks.learning.training", "*") & {"xgboost", "sklearn", "scipy", "optuna"}
