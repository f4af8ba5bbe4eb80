"""Axes and colours that the report's charts share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import altair as alt

INK: Final = "var(--ink)"
SOFT: Final = "var(--soft)"
LINE: Final = "var(--line)"
ONE: Final = "var(--one)"
TWO: Final = "var(--two)"
THREE: Final = "var(--three)"
"""Colours are variables of the page's style sheet: it has others for them in the dark."""


def coloured(field: str, names: Mapping[str, str]) -> alt.Color:
    """Return the encoding that gives each name its colour, and a legend."""
    import altair as alt

    scale = alt.Scale(domain=list(names), range=list(names.values()))
    return alt.Color(field, type="nominal", title=None, scale=scale)


def share() -> alt.Scale:
    """Return the scale of what lies between none and all."""
    import altair as alt

    return alt.Scale(domain=[0, 1])


def upper(values: Sequence[float]) -> alt.Scale:
    """Return a scale that ends at 1 and begins below the least of some scores, at a multiple of 0.05."""
    import altair as alt

    least = min(values, default=1.0)
    return alt.Scale(domain=[max(0, math.floor(20 * least - 0.1) / 20), 1])


def decades(values: Sequence[float]) -> dict[str, Any]:
    """Return scale and axis of positive numbers of any size: logarithmic, a line for each power of ten."""
    import altair as alt

    first = math.floor(math.log10(min(values, default=1)))
    last = max(math.ceil(math.log10(max(values, default=1))), first + 1)
    powers = [10.0**power for power in range(first, last + 1)]
    scale = alt.Scale(type="log", domain=[powers[0], powers[-1]])
    return {"scale": scale, "axis": alt.Axis(values=powers, format="~r")}
