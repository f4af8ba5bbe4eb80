"""What the charts of trainings tell and draw."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.learning.run.report import history
from praxi_tasks.learning.run.report.axes import decades, upper
from tests.learning.run.report.report_data import summary, trainings

POSITIVE = st.floats(1e-6, 1e9, allow_subnormal=False)


def test_a_history_is_told_training_by_training() -> None:
    past = [summary(100), summary(50), summary(0), summary(900, rebuilt=True)]
    told = [(row["learned"], row["releases"], row["CPU seconds"]) for row in history.cost(past).rows]
    assert told == [("on top", 100, 0.5), ("on top", 50, 0.3), ("rebuilt", 900, 3.7)]
    growth = history.growth([summary(100), summary(50, f1_new=0.91)])
    assert [(row["F1 on"], row["F1"]) for row in growth.rows] == [
        ("old releases", 0.9962),
        ("old releases", 0.9962),
        ("new releases", 0.91),
    ]


def test_only_the_latest_trainings_are_drawn() -> None:
    past = trainings(1_000)
    assert len(history.cost(past).rows) == 400
    assert history.growth(past).rows[-1]["model, MB"] == pytest.approx(past[-1].size / 1e6)


def test_a_training_too_quick_to_measure_is_on_the_scale() -> None:
    from msgspec.structs import replace

    assert history.cost([replace(summary(1), seconds=0.0)]).rows[0]["CPU seconds"] > 0


def test_where_nothing_happened_there_is_nothing_to_tell() -> None:
    assert [draw([]).rows for draw in (history.growth, history.cost)] == [[], []]


@settings(deadline=None)  # the first example imports Altair
@given(st.lists(POSITIVE, min_size=1, max_size=5))
def test_decades_hold_every_number_between_powers_of_ten(numbers: list[float]) -> None:
    made = decades(numbers)
    powers = made["axis"].to_dict()["values"]
    assert len(powers) >= 2
    assert powers[0] <= min(numbers) * (1 + 1e-9)
    assert max(numbers) <= powers[-1] * (1 + 1e-9)
    assert all(math.log10(power) == pytest.approx(round(math.log10(power))) for power in powers)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), max_size=5))
def test_the_upper_scale_holds_every_score(scores: list[float]) -> None:
    low, high = upper(scores).to_dict()["domain"]
    assert 0 <= low < high == 1
    assert all(low <= score <= high for score in scores)
