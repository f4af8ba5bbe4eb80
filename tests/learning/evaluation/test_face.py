"""What other rooms may use of this one, and what importing it costs."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.learning.evaluation") == {
        "Bars",
        "Check",
        "Conditions",
        "Evaluation",
        "MOST_RELEASES",
        "Refusal",
        "Scores",
        "Verdict",
        "WEIGHTS",
        "calibration_is_off",
        "challenger_attempt",
        "check_weights",
        "compare_models",
        "draw_layers",
        "evaluate",
        "find_refusal",
        "judge",
        "record_calibration",
        "record_refusal",
        "request_attempt",
        "score_layers",
    }


def test_heavy_libraries_are_not_imported_with_the_names() -> None:
    assert not loaded_by("praxi_tasks.learning.evaluation", "*") & {"xgboost", "sklearn", "scipy", "optuna"}
