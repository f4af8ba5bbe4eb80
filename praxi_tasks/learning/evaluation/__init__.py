"""Evaluation: whether a challenger is better than the champion, and what it changes.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from praxi_tasks.lazy import lazy_exports

if TYPE_CHECKING:
    from praxi_tasks.learning.evaluation.champion_challenger import (
        MOST_RELEASES,
        Evaluation,
        Scores,
        draw_layers,
        evaluate,
        score_layers,
    )
    from praxi_tasks.learning.evaluation.gate import Bars, Check, Verdict, judge
    from praxi_tasks.learning.evaluation.model_diff import compare_models
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "champion_challenger": (
                "Evaluation",
                "MOST_RELEASES",
                "Scores",
                "draw_layers",
                "evaluate",
                "score_layers",
            ),
            "gate": ("Bars", "Check", "Verdict", "judge"),
            "model_diff": ("compare_models",),
        },
    )

__all__ = [
    "Bars",
    "Check",
    "Evaluation",
    "MOST_RELEASES",
    "Scores",
    "Verdict",
    "compare_models",
    "draw_layers",
    "evaluate",
    "judge",
    "score_layers",
]
