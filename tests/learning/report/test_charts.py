from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.outcome import TrainingSummary
from praxi_tasks.learning.report import charts
from praxi_tasks.learning.report.svg import Series, heat, plot, ticks

SVG = "{http://www.w3.org/2000/svg}"
SCORES = Scores(
    layers=4,
    f1=0.75,
    precision=1.0,
    recall=0.5,
    exact=0.25,
    calibration=0.01,
    curve=((0.2, 0.25, 8), (0.9, 1.0, 8)),
    confused=(("pypi/<nose>", "pypi/nose2", 3), ("pypi/six", "pypi/seven", 1)),
)
EVALUATION = Evaluation(None, SCORES, SCORES, 0.0)


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 - the drawing is our own


def told(drawing: str) -> list[str]:
    """Return what a chart says when pointed at; fails where it is no XML."""
    return [title.text or "" for title in parsed(drawing).iter(f"{SVG}title")]


def summary(learned: int, *, rebuilt: bool = False) -> TrainingSummary:
    return TrainingSummary(
        at="2026-03-01T00:00:00Z",
        wanted=learned,
        learned=learned,
        failed=0,
        promoted=True,
        champion="2",
        report="",
        rebuilt=rebuilt,
        size=2_000_000 + learned,
        seconds=1.5,
        f1_old=0.99,
    )


def test_every_bar_has_its_value_and_its_height() -> None:
    drawing = charts.comparison(EVALUATION)
    assert "f1, challenger, old releases: 0.7500" in told(drawing)
    assert not any("champion, old" in title for title in told(drawing))
    heights = {
        rectangle[0].text: float(rectangle.get("height", "0"))
        for rectangle in parsed(drawing).iter(f"{SVG}rect")
        if len(rectangle)
    }
    full = heights["precision, challenger, new releases: 1.0000"]
    assert heights["recall, challenger, new releases: 0.5000"] == pytest.approx(full / 2, abs=0.1)


def test_the_reliability_curve_is_drawn_beside_the_diagonal() -> None:
    drawing = charts.reliability(EVALUATION)
    assert told(drawing).count("challenger, old releases: 0.9, 1") == 1
    assert drawing.count("stroke-dasharray") == 1


def test_a_history_is_told_training_by_training() -> None:
    history = [summary(100), summary(50), summary(0), summary(900, rebuilt=True)]
    assert told(charts.cost(history)) == ["on top: 100, 1.5", "on top: 50, 1.5", "rebuilt: 900, 1.5"]
    assert len(told(charts.growth(history))) == 4


def test_trials_are_joined_by_the_best_so_far() -> None:
    assert told(charts.trials([0.5, 0.75, 0.25]))[3:] == [
        "best so far: 0, 0.5",
        "best so far: 1, 0.75",
        "best so far: 2, 0.75",
    ]
    assert charts.trials([]) == ""


def test_names_of_packages_are_text_not_markup() -> None:
    drawing = charts.confusion(EVALUATION)
    assert told(drawing)[0] == "pypi/<nose> → pypi/nose2: 3"
    assert "<nose>" not in drawing
    assert charts.confusion(Evaluation(None, None, None, 0.0)) == ""


def test_drawings_of_nothing_and_of_one_point_are_drawings() -> None:
    for drawing in (charts.growth([]), charts.cost([]), charts.growth([summary(1)])):
        assert parsed(drawing).tag == f"{SVG}svg"
    assert "nan" not in plot([Series("a", [(0.0, 0.0)])], "x", "y").lower()
    assert told(heat([("a", "b", 1)], "x", "y")) == ["a → b: 1"]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_few_round_and_inside(low: float, size: float) -> None:
    high = low + size
    if high <= low:
        return
    found = ticks(low, high)
    slack = size * 1e-6 + abs(low) * 1e-9
    assert 2 <= len(found) <= 11
    assert all(low - slack <= value <= high + slack for value in found)
    assert found == sorted(found)


def test_nothing_is_loaded_by_a_drawing() -> None:
    drawing = charts.comparison(EVALUATION) + charts.reliability(EVALUATION)
    assert re.findall(r"https?://[^\"]+", drawing) == ["http://www.w3.org/2000/svg"] * 2
    assert "<script" not in drawing
