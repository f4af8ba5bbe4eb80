"""What a chart is made of: its figures as a table, and Altair's specification that draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from praxi_tasks.learning.run.report.axes import INK, LINE, SOFT

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]

_HEIGHT: Final = 230
_FEW: Final = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, and the figures that it draws, which a reader has even where no script runs.

    ``spec`` is a Vega-Lite specification; each of ``rows`` says a column's heading → value. A chart is
    ``broad`` that needs more room than others have.
    """

    caption: str
    spec: Mapping[str, Any]
    rows: Rows
    broad: bool = False


def figure(caption: str, rows: Rows, chart: alt.Chart | alt.LayerChart, *, step: int = 0) -> Figure:
    """Return a chart with the rows that it draws, in the page's colours and type.

    Parameters
    ----------
    step
        Pixels for each name on an axis; 0 makes the chart as wide as there is room.
    """
    import altair as alt

    size: dict[str, Any] = {"width": "container", "height": _HEIGHT}
    if step:
        size = {"width": alt.Step(step), "height": alt.Step(step)}
    whole = chart.properties(
        data=alt.InlineData([dict(row) for row in rows]),
        description=caption,
        background="transparent",
        config=_config(),
        **size,
    )
    return Figure(caption, whole.to_dict(), rows, bool(step) and len(rows) > _FEW)


def _config() -> alt.Config:
    import altair as alt

    axis = alt.AxisConfig(
        domainColor=SOFT,
        tickColor=SOFT,
        gridColor=LINE,
        labelColor=SOFT,
        labelFontSize=11,
        labelLimit=190,
        titleColor=SOFT,
        titleFontSize=12,
        titleFontWeight="normal",
    )
    return alt.Config(
        axis=axis,
        font="system-ui, sans-serif",
        legend=alt.LegendConfig(orient="top", labelColor=INK, labelFontSize=12, labelLimit=260),
        point=alt.MarkConfig(filled=True, opacity=1, size=45),
        view=alt.ViewConfig(stroke="transparent"),
    )
