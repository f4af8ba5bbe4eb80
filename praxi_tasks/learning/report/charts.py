"""The report's charts, as SVG: a page with them loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.outcome import TrainingSummary
from praxi_tasks.learning.report.svg import Series, bars, heat, plot

_UNIT: Final = (0.0, 1.0)
_MOST_PAIRS: Final = 40
_MEASURES: Final = ("f1", "precision", "recall", "exact")
_MODELS: Final = (
    ("champion_old", "champion, old releases"),
    ("challenger_old", "challenger, old releases"),
    ("challenger_new", "challenger, new releases"),
)


def comparison(evaluation: Evaluation) -> str:
    """Draw champion and challenger, measure by measure."""
    scored = [(label, scores) for name, label in _MODELS if (scores := getattr(evaluation, name)) is not None]
    values = {one: {label: getattr(scores, one) for label, scores in scored} for one in _MEASURES}
    return bars(values, "score")


def reliability(evaluation: Evaluation) -> str:
    """Draw how often the challenger was right at each confidence; a perfect one lies on the diagonal."""
    lines = [Series(label, _curve(getattr(evaluation, name))) for name, label in _MODELS[1:]]
    diagonal = Series("", [(end, end) for end in _UNIT], dashed=True)
    return plot([*lines, diagonal], "confidence", "right", y_range=_UNIT)


def growth(history: Sequence[TrainingSummary]) -> str:
    """Draw F1 against the model's size over all trainings so far."""
    old = [(summary.size / 1e6, summary.f1_old) for summary in history if summary.f1_old is not None]
    new = [(summary.size / 1e6, summary.f1_new) for summary in history if summary.f1_new is not None]
    lines = [Series("old releases", old), Series("new releases", new)]
    return plot(lines, "model, MB", "F1", y_range=_UNIT)


def cost(history: Sequence[TrainingSummary]) -> str:
    """Draw the processor time of each training, learning on top and rebuilding all, by releases learned."""
    kinds = {
        name: [
            (float(summary.learned), summary.seconds)
            for summary in history
            if summary.learned and summary.rebuilt is rebuilt
        ]
        for name, rebuilt in (("on top", False), ("rebuilt", True))
    }
    clouds = [Series(name, points, line=False) for name, points in kinds.items()]
    return plot(clouds, "releases learned", "CPU seconds")


def trials(history: Sequence[float]) -> str:
    """Draw the F1 of each tuning trial, and the best so far."""
    if not history:
        return ""
    best = [(float(number), max(history[: number + 1])) for number in range(len(history))]
    lines = [Series("trial", list(enumerate(history))), Series("best so far", best)]
    return plot(lines, "trial", "F1", y_range=_UNIT)


def confusion(evaluation: Evaluation) -> str:
    """Draw which packages were missed where which others were named."""
    scored = (evaluation.challenger_old, evaluation.challenger_new)
    pairs = [pair for scores in scored if scores for pair in scores.confused]
    return heat(pairs[:_MOST_PAIRS], "named instead", "missed") if pairs else ""


def _curve(scores: Scores | None) -> Sequence[tuple[float, float]]:
    return [(said, was) for said, was, _ in scores.curve] if scores else ()
