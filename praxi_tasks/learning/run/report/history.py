"""Charts of one training after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from praxi_tasks.learning.run.documents import TrainingSummary
from praxi_tasks.learning.run.report.axes import ONE, TWO, coloured, decades, upper
from praxi_tasks.learning.run.report.figure import Figure, Rows, figure

_MOST_TRAININGS: Final = 400
"""More than a year of daily trainings; what was before is drawn in older reports."""

_SHORTEST: Final = 0.001
_KINDS: Final = ("on top", "rebuilt")
_SCORED: Final = {"old releases": "f1_old", "new releases": "f1_new"}


def growth(history: Sequence[TrainingSummary]) -> Figure:
    """Draw F1 against the model's size over all trainings so far."""
    import altair as alt

    rows = [
        {"training": _at(one), "F1 on": kind, "model, MB": round(one.size / 1e6, 3), "F1": round(f1, 4)}
        for kind, name in _SCORED.items()
        for one in history[-_MOST_TRAININGS:]
        if (f1 := getattr(one, name)) is not None
    ]
    line = alt.Chart().mark_line(point=True)
    chart = line.encode(
        x=alt.X("model, MB:Q", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5, format="~r")),
        y=alt.Y("F1:Q", scale=upper([row["F1"] for row in rows])),
        color=coloured("F1 on", dict(zip(_SCORED, (ONE, TWO), strict=True))),
        order="training:O",
        tooltip=["training:N", "F1 on:N", "model, MB:Q", "F1:Q"],
    )
    return figure("F1 against model size, training by training", rows, chart)


def cost(history: Sequence[TrainingSummary]) -> Figure:
    """Draw the processor time of each training, learning on top and rebuilding all, by releases learned."""
    import altair as alt

    rows = _costs(history)
    point = alt.Chart().mark_point()
    chart = point.encode(
        x=alt.X("releases:Q", **decades([row["releases"] for row in rows])),
        y=alt.Y("CPU seconds:Q", **decades([row["CPU seconds"] for row in rows])),
        color=coloured("learned", dict(zip(_KINDS, (ONE, TWO), strict=True))),
        tooltip=["training:N", "learned:N", "releases:Q", "CPU seconds:Q"],
    )
    return figure("Cost: learning on top, and rebuilding", rows, chart)


def _costs(history: Sequence[TrainingSummary]) -> Rows:
    return [
        {
            "training": _at(one),
            "learned": _KINDS[one.rebuilt],
            "releases": one.learned,
            "CPU seconds": max(round(one.seconds, 3), _SHORTEST),
        }
        for one in history[-_MOST_TRAININGS:]
        if one.learned
    ]


def _at(training: TrainingSummary) -> str:
    return training.at[:16].replace("T", " ")
