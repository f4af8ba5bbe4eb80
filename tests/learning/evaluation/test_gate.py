"""Bars that a challenger must reach, and the score made of all of them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery import Bin, calibration_error
from praxi_tasks.errors import UsageError
from praxi_tasks.learning.evaluation.bars import WEIGHTS, Bars
from praxi_tasks.learning.evaluation.champion_challenger import Evaluation, Scores
from praxi_tasks.learning.evaluation.gate import composite, judge
from praxi_tasks.learning.run.plan import TrainingSettings, read_settings


def scores(f1: float = 1.0, calibration: float = 0.0) -> Scores:
    return Scores(layers=96, f1=f1, precision=f1, recall=f1, exact=f1, calibration=calibration)


def evaluation(**given: object) -> Evaluation:
    flawless = Evaluation(scores(), scores(), scores(), 0.0)
    return msgspec.structs.replace(flawless, **given)


def held_back_by(verdict_of: Evaluation, bars: Bars | None = None) -> set[str]:
    return {check.name for check in judge(verdict_of, bars or Bars()).checks if not check.passed}


def test_a_challenger_that_is_as_good_passes() -> None:
    verdict = judge(evaluation(), Bars())
    assert verdict.passed
    assert verdict.score == pytest.approx(1)
    assert verdict.reasons == ()


@pytest.mark.parametrize(
    ("given", "bar"),
    [
        ({"challenger_old": scores(0.998)}, "old"),
        ({"challenger_new": scores(0.8)}, "new"),
        ({"challenger_new": scores(calibration=0.05)}, "calibration"),
        ({"challenger_old": scores(calibration=0.05)}, "calibration_old"),
        ({"false_positives": 0.03}, "false_positives"),
    ],
)
def test_each_bar_holds_a_challenger_back_and_says_why(given: dict[str, object], bar: str) -> None:
    wanting = evaluation(**given)
    assert held_back_by(wanting) == {bar}
    (reason,) = judge(wanting, Bars()).reasons
    assert any(character.isdigit() for character in reason)


def test_a_loss_within_the_bar_passes() -> None:
    assert held_back_by(evaluation(challenger_old=scores(0.9995))) == set()


def test_a_champion_that_is_off_itself_excuses_nobody() -> None:
    off = scores(calibration=0.04)
    assert held_back_by(evaluation(champion_old=off, challenger_old=off)) == {"calibration_old"}


def curve(*points: tuple[float, float, int], f1: float = 1.0) -> Scores:
    """Return scores with a reliability curve: confidence, accuracy, predictions."""
    diagram = tuple(Bin(*point) for point in points)
    return msgspec.structs.replace(scores(f1, calibration_error(diagram)), curve=points)


def test_confidence_that_is_too_low_is_told_and_holds_nobody_back() -> None:
    low = curve((0.5, 0.9, 100), (0.9, 0.99, 100))
    verdict = judge(evaluation(challenger_old=low, challenger_new=low), Bars())
    assert verdict.passed
    assert verdict.score == pytest.approx(1)
    assert any("too low by 0.245" in check.message for check in verdict.checks)


def test_confidence_that_is_too_high_is_held_even_where_the_mean_is_right() -> None:
    high = curve((0.5, 0.9, 100), (0.9, 0.5, 100))
    assert high.overconfidence == pytest.approx(0.2)
    assert held_back_by(evaluation(challenger_old=high)) == {"calibration_old"}


def test_a_challenger_no_worse_than_a_champion_that_was_always_off_passes() -> None:
    off = curve((0.9, 0.85, 100))
    compared = evaluation(champion_old=off, challenger_old=off, challenger_new=off, first_overconfidence=0.06)
    assert held_back_by(compared) == set()
    worse = curve((0.9, 0.84, 100))
    for name, bar in (("challenger_old", "calibration_old"), ("challenger_new", "calibration")):
        assert held_back_by(msgspec.structs.replace(compared, **{name: worse})) == {bar}


def test_no_line_of_champions_creeps_past_the_first() -> None:
    off = curve((0.9, 0.82, 100))
    assert held_back_by(evaluation(champion_old=off, challenger_old=off, first_overconfidence=0.05)) == {
        "calibration_old"
    }


@given(st.floats(0, 0.2), st.lists(st.tuples(st.floats(0, 0.3), st.floats(-0.05, 0.05)), max_size=20))
def test_whatever_is_measured_no_champion_exceeds_bar_and_first(
    first: float, trainings: list[tuple[float, float]]
) -> None:
    """The champion is measured anew, with another error, at each training that a challenger enters."""
    champion = first
    for error, noise in trainings:
        before = scores(calibration=min(max(champion + noise, 0), 1))
        after = scores(calibration=error)
        measured = evaluation(
            champion_old=before, challenger_old=after, challenger_new=after, first_overconfidence=first
        )
        if judge(measured, Bars(score=0)).passed:
            champion = error
        assert champion <= max(first, Bars().calibration)


def test_bars_are_settings() -> None:
    bars = read_settings('{"bars": {"new_f1": 0.5, "score": 0.5}}').bars
    assert held_back_by(evaluation(challenger_new=scores(0.6)), bars) == set()


def test_where_nothing_old_is_stored_the_new_is_judged_alone() -> None:
    alone = evaluation(champion_old=None, challenger_old=None)
    assert judge(alone, Bars()).passed
    assert {check.name for check in judge(alone, Bars()).checks} == {
        "new",
        "calibration",
        "false_positives",
        "score",
    }
    (told,) = judge(alone, Bars()).unmeasured
    assert "F1 on old releases" in told
    assert judge(evaluation(), Bars()).unmeasured == ()


@pytest.mark.parametrize("weights", [{"beauty": 1.0}, {"old": -1.0}, {"old": 0.0}])
def test_weights_that_make_no_score_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        judge(evaluation(), Bars(), weights)


def test_a_weight_of_nothing_leaves_a_score_out() -> None:
    bad = evaluation(challenger_old=scores(0.5))
    assert judge(bad, Bars(), {"old": 0.0, "new": 1.0}).score == pytest.approx(1)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 5), st.floats(0, 1))
def test_the_score_is_between_its_parts(old: float, new: float, wrong: float, error: float) -> None:
    made = Evaluation(scores(old), scores(old, error), scores(new), wrong)
    parts = (old, new, 1 - min(wrong, 1), 1 - error)
    assert min(parts) - 1e-9 <= composite(made, WEIGHTS) <= max(parts) + 1e-9


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", '{"routing": "east"}', '{"tuning_trials": "many"}'),
        *('{"bars": {"calibrations": 1}}', '{"bars": {"old_loss": -1}}', '{"bars": {"score": "high"}}'),
        *('{"bar": {"calibration": 1}}', '{"weights": {"beauty": 1}}', '{"weights": {"old": 0}}'),
    ],
)
def test_settings_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_settings(text)


def test_a_refused_bar_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="calibrations") as caught:
        read_settings('{"bars": {"calibrations": 1}}')
    assert "old_loss, new_f1, false_positives, calibration, score" in caught.value.action


def test_what_settings_do_not_name_keeps_its_default() -> None:
    assert read_settings('{"approval": "human", "routing": null, "packages": null}') == TrainingSettings()
