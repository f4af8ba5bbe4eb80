"""The report's charts, drawn once and kept as SVG: a page with them loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.outcome import TrainingSummary

if TYPE_CHECKING:
    import altair

_WIDTH: Final = 340
_HEIGHT: Final = 220
_MODELS: Final = (
    ("champion_old", "champion, old releases"),
    ("challenger_old", "challenger, old releases"),
    ("challenger_new", "challenger, new releases"),
)


def comparison(evaluation: Evaluation) -> str:
    """Draw champion and challenger, measure by measure."""
    rows = [
        {"model": label, "measure": measure, "value": getattr(scores, measure)}
        for name, label in _MODELS
        if (scores := getattr(evaluation, name)) is not None
        for measure in ("f1", "precision", "recall", "exact")
    ]
    chart = _chart(rows).mark_bar()
    return _svg(chart.encode(x="measure:N", xOffset="model:N", y=_unit("value"), color=_legend("model")))


def reliability(evaluation: Evaluation) -> str:
    """Draw how often the challenger was right at each confidence; a perfect one lies on the diagonal."""
    rows = [
        {"releases": label, "confidence": said, "right": was}
        for name, label in _MODELS[1:]
        for said, was, _ in _curve(getattr(evaluation, name))
    ]
    diagonal = _chart([{"confidence": end, "right": end} for end in (0.0, 1.0)])
    lines = (
        _chart(rows).mark_line(point=True).encode(_unit_x("confidence"), _unit("right"), _legend("releases"))
    )
    return _svg(
        diagonal.mark_line(strokeDash=[4, 4], color="#999").encode(_unit_x("confidence"), _unit("right"))
        + lines
    )


def growth(history: Sequence[TrainingSummary]) -> str:
    """Draw F1 against the model's size over all trainings so far."""
    rows = [
        {"megabytes": summary.size / 1e6, "f1": f1, "releases": label}
        for summary in history
        for label, f1 in (("old", summary.f1_old), ("new", summary.f1_new))
        if f1 is not None
    ]
    points = _chart(rows).mark_line(point=True)
    return _svg(points.encode(_field("megabytes", "model, MB"), _unit("f1"), _legend("releases")))


def cost(history: Sequence[TrainingSummary]) -> str:
    """Draw the processor time of each training, learning on top and rebuilding all, by releases learned."""
    rows = [
        {
            "releases": summary.learned,
            "seconds": summary.seconds,
            "training": "rebuilt" if summary.rebuilt else "on top",
        }
        for summary in history
        if summary.learned
    ]
    points = _chart(rows).mark_point(filled=True, size=60)
    return _svg(
        points.encode(
            _field("releases", "releases learned"), _field_y("seconds", "CPU seconds"), _legend("training")
        )
    )


def trials(history: Sequence[float]) -> str:
    """Draw the F1 of each tuning trial, and the best so far."""
    rows = [
        {"trial": number, "f1": value, "kind": kind}
        for number, one in enumerate(history)
        for kind, value in (("trial", one), ("best so far", max(history[: number + 1])))
    ]
    chart = _chart(rows).mark_line(point=True).encode(_field("trial", "trial"), _unit("f1"), _legend("kind"))
    return _svg(chart) if rows else ""


def confusion(evaluation: Evaluation) -> str:
    """Draw which packages were missed where which others were named."""
    pairs = [*_confused(evaluation.challenger_old), *_confused(evaluation.challenger_new)]
    rows = [{"missed": missed, "named": named, "layers": count} for missed, named, count in pairs[:40]]
    return _svg(_chart(rows).mark_rect().encode(x="named:N", y="missed:N", color="layers:Q")) if rows else ""


def _confused(scores: Scores | None) -> Iterable[tuple[str, str, int]]:
    return scores.confused if scores else ()


def _curve(scores: Scores | None) -> Iterable[tuple[float, float, int]]:
    return scores.curve if scores else ()


def _chart(rows: Sequence[Mapping[str, Any]]) -> altair.Chart:
    import altair

    return altair.Chart(altair.InlineData(values=list(rows)), width=_WIDTH, height=_HEIGHT)


def _unit(name: str) -> altair.Y:
    import altair

    return altair.Y(f"{name}:Q", scale=altair.Scale(domain=[0, 1]))


def _unit_x(name: str) -> altair.X:
    import altair

    return altair.X(f"{name}:Q", scale=altair.Scale(domain=[0, 1]))


def _field(name: str, title: str) -> altair.X:
    import altair

    return altair.X(f"{name}:Q", title=title)


def _field_y(name: str, title: str) -> altair.Y:
    import altair

    return altair.Y(f"{name}:Q", title=title)


def _legend(name: str) -> altair.Color:
    import altair

    return altair.Color(
        f"{name}:N", legend=altair.Legend(orient="bottom", title=None, labelLimit=0, columns=2)
    )


def _svg(chart: altair.Chart | altair.LayerChart) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
