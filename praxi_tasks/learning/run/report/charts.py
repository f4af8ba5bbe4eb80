"""Charts of what the gate's evaluation measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.run.report.axes import INK, ONE, SOFT, THREE, TWO, coloured, share
from praxi_tasks.learning.run.report.figure import Figure, Rows, figure

_MOST_PAIRS: Final = 40
_MEASURES: Final = {"F1": "f1", "precision": "precision", "recall": "recall", "version too": "exact"}
_CHAMPION: Final = {"champion, old": "champion_old"}
_CHALLENGER: Final = {"challenger, old": "challenger_old", "challenger, new": "challenger_new"}
_COLOURS: Final = {"champion, old": THREE, "challenger, old": ONE, "challenger, new": TWO}


def comparison(evaluation: Evaluation) -> Figure:
    """Draw champion and challenger, measure by measure."""
    import altair as alt

    models = _scored(evaluation, _CHAMPION | _CHALLENGER)
    rows = [
        {"measure": measure, "model": model, "score": round(getattr(scores, name), 4)}
        for measure, name in _MEASURES.items()
        for model, scores in models.items()
    ]
    # The scale goes on beyond 1, where the figures stand behind the longest bars.
    scale, axis = alt.Scale(domain=[0, 1.13]), alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2f")
    base = alt.Chart().encode(
        x=alt.X("score:Q", scale=scale, axis=axis),
        y=alt.Y("measure:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        yOffset=alt.YOffset("model:N", sort=None),
        tooltip=["measure:N", "model:N", "score:Q"],
    )
    bars = base.mark_bar().encode(color=coloured("model", {model: _COLOURS[model] for model in models}))
    text = base.mark_text(align="left", dx=4, fontSize=10, color=INK)
    named = text.encode(text=alt.Text("score:Q", format=".4f"))
    caption = "Champion and challenger, on old and on new releases"
    return figure(caption, rows, alt.LayerChart(layer=[bars, named]))


def reliability(evaluation: Evaluation) -> Figure:
    """Draw how often the challenger was right at each confidence; a perfect one lies on the diagonal."""
    import altair as alt

    models = _scored(evaluation, _CHALLENGER)
    rows = [
        {"model": model, "confidence": round(said, 4), "right": round(was, 4), "candidates": count}
        for model, scores in models.items()
        for said, was, count in scores.curve
    ]
    ends = alt.InlineData([{"confidence": end, "right": end} for end in (0, 1)])
    base = alt.Chart().encode(x=alt.X("confidence:Q", scale=share()), y=alt.Y("right:Q", scale=share()))
    diagonal = base.mark_line(strokeDash=[4, 4], color=SOFT, strokeWidth=1).properties(data=ends)
    curve = base.mark_line(point=True).encode(
        color=coloured("model", {model: _COLOURS[model] for model in models}),
        tooltip=["model:N", "confidence:Q", "right:Q", "candidates:Q"],
    )
    caption = "Reliability: how often a confidence was right"
    return figure(caption, rows, alt.LayerChart(layer=[diagonal, curve]))


def confusion(evaluation: Evaluation) -> Figure:
    """Draw which packages were missed where which others were named."""
    import altair as alt

    rows = _confused(evaluation)
    base = alt.Chart().encode(
        x=alt.X("named instead:N", sort=None, axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("missed:N", sort=None),
        tooltip=["missed:N", "named instead:N", "times:Q"],
    )
    shade = alt.Scale(domain=[0, max((row["times"] for row in rows), default=1)], range=[0.15, 0.6])
    cells = base.mark_rect(color=ONE).encode(opacity=alt.Opacity("times:Q", scale=shade, legend=None))
    counts = base.mark_text(fontSize=11, color=INK).encode(text="times:Q")
    caption = "Look-alikes: missed, and named instead"
    return figure(caption, rows, alt.LayerChart(layer=[cells, counts]), step=26)


def _confused(evaluation: Evaluation) -> Rows:
    """Return the pairs that were confused most, on old and on new releases together."""
    pairs = Counter[tuple[str, str]]()
    for scores in _scored(evaluation, _CHALLENGER).values():
        for missed, named, times in scores.confused:
            pairs[missed, named] += times
    return [
        {"missed": missed, "named instead": named, "times": times}
        for (missed, named), times in pairs.most_common(_MOST_PAIRS)
    ]


def _scored(evaluation: Evaluation, models: Mapping[str, str]) -> dict[str, Scores]:
    """Return what was measured of these models: label → scores."""
    found = {label: getattr(evaluation, name) for label, name in models.items()}
    return {label: scores for label, scores in found.items() if scores is not None}
