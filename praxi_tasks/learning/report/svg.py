"""Plots as SVG: lines, bars and a heat map on labelled axes, which nothing has to load or run to show."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_LEFT, _TOP, _WIDTH, _HEIGHT = 64, 12, 340, 220
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
_QUIET: Final = "#5b6472"
Range = tuple[float, float]
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Series:
    """Named points; joined by a line, a dashed one on request, or by none."""

    name: str
    points: Sequence[tuple[float, float]]
    line: bool = True
    dashed: bool = False


def plot(series: Sequence[Series], x: str, y: str, *, y_range: Range | None = None) -> str:
    """Draw series over a numeric axis; ``x`` and ``y`` are the axes' titles."""
    points = [point for one in series for point in one.points]
    wide, high = _range(place for place, _ in points), y_range or _range(height for _, height in points)
    across, up = _scale(wide, _LEFT, _LEFT + _WIDTH), _scale(high, _TOP + _HEIGHT, _TOP)
    parts = [*_ticks_across(wide, across), *_ticks_up(high, up)]
    colours = _colours(series)
    for colour, one in zip(colours, series, strict=True):
        parts += _marks(one, colour, across, up)
    return _document(parts, x, y, dict(zip([one.name for one in series], colours, strict=True)))


def bars(values: Mapping[str, Mapping[str, float]], y: str) -> str:
    """Draw groups of bars from 0 to 1: group → bar's name → value."""
    names = list(dict.fromkeys(name for group in values.values() for name in group))
    colours = dict(zip(names, _colours(names), strict=True))
    up = _scale((0, 1), _TOP + _HEIGHT, _TOP)
    step = _WIDTH / max(len(values), 1)
    thick = step * 0.8 / max(len(names), 1)
    parts = _ticks_up((0, 1), up)
    for number, (group, members) in enumerate(values.items()):
        start = _LEFT + number * step
        parts.append(_text(start + step / 2, _TOP + _HEIGHT + 16, group))
        for name, value in members.items():
            place, height = start + step * 0.1 + names.index(name) * thick, up(value)
            size = f'width="{thick:.1f}" height="{_TOP + _HEIGHT - height:.1f}"'
            parts.append(_rectangle(place, height, size, colours[name], f"{group}, {name}: {value:.4f}"))
    return _document(parts, "", y, colours)


def heat(cells: Sequence[tuple[str, str, int]], x: str, y: str) -> str:
    """Draw counts by row and column: each cell is a row's name, a column's name, and a count."""
    rows = list(dict.fromkeys(row for row, _, _ in cells))
    columns = list(dict.fromkeys(column for _, column, _ in cells))
    most = max(count for _, _, count in cells)
    wide, high = _WIDTH / len(columns), _HEIGHT / len(rows)
    parts = []
    for row, column, count in cells:
        place, height = _LEFT + columns.index(column) * wide, _TOP + rows.index(row) * high
        size = f'width="{wide:.1f}" height="{high:.1f}" fill-opacity="{0.15 + 0.85 * count / most:.2f}"'
        parts.append(_rectangle(place, height, size, _COLOURS[0], f"{row} → {column}: {count}"))
    parts += [
        _text(_LEFT - 6, _TOP + (number + 0.5) * high + 4, _short(name), anchor="end")
        for number, name in enumerate(rows)
    ]
    parts += [
        _text(_LEFT + (number + 0.5) * wide, _TOP + _HEIGHT + 16, _short(name))
        for number, name in enumerate(columns)
    ]
    return _document(parts, x, y, {})


def _marks(series: Series, colour: str, across: Scale, up: Scale) -> Iterable[str]:
    places = [(across(place), up(height)) for place, height in series.points]
    if series.line and places:
        dashes = ' stroke-dasharray="4 4"' if series.dashed else ""
        path = " ".join(f"{place:.1f},{height:.1f}" for place, height in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    for (place, height), (first, second) in zip(places, series.points, strict=True):
        if not series.dashed:
            told = escape(f"{series.name}: {first:g}, {second:g}")
            circle = f'<circle cx="{place:.1f}" cy="{height:.1f}" r="3" fill="{colour}">'
            yield f"{circle}<title>{told}</title></circle>"


def _document(parts: Iterable[str], x: str, y: str, legend: Mapping[str, str]) -> str:
    below = _TOP + _HEIGHT
    shown = [(name, colour) for name, colour in legend.items() if name]
    body = [
        f'<path d="M{_LEFT},{_TOP} V{below} H{_LEFT + _WIDTH}" fill="none" stroke="{_QUIET}"/>',
        *parts,
        _text(_LEFT + _WIDTH / 2, below + 34, x),
        f'<g transform="rotate(-90 14 {_TOP + _HEIGHT / 2})">{_text(14, _TOP + _HEIGHT / 2, y)}</g>',
    ]
    for number, (name, colour) in enumerate(shown):
        place, height = _LEFT + number % 2 * _WIDTH / 2, below + 54 + number // 2 * 18
        body.append(f'<rect x="{place}" y="{height - 9}" width="10" height="10" fill="{colour}"/>')
        body.append(_text(place + 15, height, name, anchor="start"))
    tall = below + 44 + (len(shown) + 1) // 2 * 18
    box = f'viewBox="0 0 {_LEFT + _WIDTH + 16} {tall}" width="{_LEFT + _WIDTH + 16}" height="{tall}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-size="11" fill="{_QUIET}">'
    return "".join((opening, *body, "</svg>"))


def _ticks_across(around: Range, across: Scale) -> list[str]:
    return [_text(across(value), _TOP + _HEIGHT + 16, f"{value:g}") for value in ticks(*around)]


def _ticks_up(around: Range, up: Scale) -> list[str]:
    lines = [
        f'<path d="M{_LEFT},{up(value):.1f} h{_WIDTH}" stroke="#d5d9e0" stroke-width="0.5"/>'
        for value in ticks(*around)
    ]
    return lines + [_text(_LEFT - 6, up(value) + 4, f"{value:g}", anchor="end") for value in ticks(*around)]


def ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two, four to nine of them."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (5, 2, 1) if factor * power <= rough * (1 + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _range(values: Iterable[float]) -> Range:
    known = list(values)
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low == high:
        return low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    return low, high


def _scale(around: Range, first: float, last: float) -> Scale:
    low, high = around
    return lambda value: first + (value - low) / (high - low) * (last - first)


def _colours(names: Sequence[object]) -> list[str]:
    return [_COLOURS[number % len(_COLOURS)] for number in range(len(names))]


def _rectangle(x: float, y: float, size: str, colour: str, told: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}"><title>{escape(told)}</title></rect>'


def _text(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _short(name: str) -> str:
    return name if len(name) <= 9 else f"{name[:8]}…"
