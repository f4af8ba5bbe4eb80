"""Evaluation: whether a challenger is better than the champion, and what it changes.

Names are imported when first used, so that commands which need one of them do not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

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

_MODULES: Final = {
    "Bars": "gate",
    "Check": "gate",
    "Evaluation": "champion_challenger",
    "MOST_RELEASES": "champion_challenger",
    "Scores": "champion_challenger",
    "Verdict": "gate",
    "compare_models": "model_diff",
    "draw_layers": "champion_challenger",
    "evaluate": "champion_challenger",
    "judge": "gate",
    "score_layers": "champion_challenger",
}


def __getattr__(name: str) -> object:
    """Import the module of an exported name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
