"""Evaluation: whether a challenger is better than the champion, and what it changes.

Names are imported when first used: commands which need one of them do not pay for all, and Airflow's
processes, which have no numpy, take the bars from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.evaluation.bars import WEIGHTS, Bars, check_weights
    from praxi_tasks.learning.evaluation.calibrations import calibration_is_off, record_calibration
    from praxi_tasks.learning.evaluation.champion_challenger import (
        MOST_RELEASES,
        Evaluation,
        Scores,
        draw_layers,
        evaluate,
        score_layers,
    )
    from praxi_tasks.learning.evaluation.gate import Check, Verdict, judge
    from praxi_tasks.learning.evaluation.model_diff import compare_models
    from praxi_tasks.learning.evaluation.refusals import (
        Conditions,
        Refusal,
        challenger_attempt,
        find_refusal,
        record_refusal,
        request_attempt,
    )
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "bars": ("Bars", "WEIGHTS", "check_weights"),
            "calibrations": ("calibration_is_off", "record_calibration"),
            "champion_challenger": (
                "Evaluation",
                "MOST_RELEASES",
                "Scores",
                "draw_layers",
                "evaluate",
                "score_layers",
            ),
            "gate": ("Check", "Verdict", "judge"),
            "model_diff": ("compare_models",),
            "refusals": (
                "Conditions",
                "Refusal",
                "challenger_attempt",
                "find_refusal",
                "record_refusal",
                "request_attempt",
            ),
        },
    )

__all__ = [
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
]
