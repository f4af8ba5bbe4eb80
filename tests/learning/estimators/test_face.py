"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.estimators") == {
        "Assignment",
        "DEFAULTS",
        "DEFAULT_ASSIGNMENT",
        "ExpertHyperparameters",
        "Hyperparameters",
        "RELEASE_EXPERT_DEFAULTS",
        "ROUTINGS",
        "Routing",
        "SCORER_ARCHIVE_LAYERS",
        "SCORER_DEFAULTS",
        "SCORER_LAYERS",
        "Samples",
        "ScorerHyperparameters",
        "Space",
        "examples",
        "grow",
        "record_course",
        "routings_to_try",
        "train_booster",
        "train_experts",
        "train_release_experts",
        "train_scorer",
    }


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    assert not loaded_by("praxi_tasks.learning.estimators", "*") & {"xgboost", "sklearn", "scipy", "optuna"}
