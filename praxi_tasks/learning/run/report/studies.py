"""Charts of studies: what their trials reached."""

from __future__ import annotations

from collections.abc import Sequence

from praxi_tasks.learning.run.report.axes import INK, ONE, TWO, upper
from praxi_tasks.learning.run.report.figure import Figure, figure
from praxi_tasks.learning.studies import Trial


def tuning(trials: Sequence[Trial]) -> Figure:
    """Draw the F1 of each tuning trial, and the best so far."""
    import altair as alt

    history = [trial.f1 for trial in trials]
    rows = [
        {"trial": number, "F1": round(f1, 4), "best so far": round(max(history[: number + 1]), 4)}
        for number, f1 in enumerate(history)
    ]
    base = alt.Chart().encode(
        x=alt.X("trial:Q", axis=alt.Axis(tickMinStep=1, format="d")),
        tooltip=["trial:Q", "F1:Q", "best so far:Q"],
    )
    best = base.mark_line(interpolate="step-after", color=TWO)
    each = base.mark_point(color=ONE)
    layers = [
        mark.encode(y=alt.Y(f"{field}:Q", title="F1", scale=upper(history)))
        for field, mark in (("best so far", best), ("F1", each))
    ]
    return figure("Tuning, trial by trial, and the best so far", rows, alt.LayerChart(layer=layers))


def assignments(trials: Sequence[Trial]) -> Figure:
    """Draw the F1, versions included, that each way of assigning releases to experts reached."""
    import altair as alt

    rows = [{"assignment": _named(trial), "F1": round(trial.f1, 4)} for trial in trials]
    scale, axis = alt.Scale(domain=[0, 1.13]), alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2f")
    base = alt.Chart().encode(
        x=alt.X("F1:Q", scale=scale, axis=axis),
        y=alt.Y("assignment:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        tooltip=["assignment:N", "F1:Q"],
    )
    text = base.mark_text(align="left", dx=4, fontSize=10, color=INK)
    layers = [base.mark_bar(color=ONE), text.encode(text=alt.Text("F1:Q", format=".4f"))]
    return figure("Assignment to experts, trial by trial", rows, alt.LayerChart(layer=layers))


def _named(trial: Trial) -> str:
    """Return an assignment as people name it."""
    routing, size = trial.chosen["routing"], trial.chosen["size"]
    return f"{routing}, {size or 'all'} to an expert" if routing == "random" else str(routing)
