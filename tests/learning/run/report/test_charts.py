"""What the charts of an evaluation tell and draw."""

from __future__ import annotations

from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.run.report import charts
from tests.learning.run.report.report_data import drawn, evaluation, scores

NOTHING = Evaluation(None, None, None, 0.0)


def test_every_model_is_told_by_every_measure() -> None:
    figure = charts.comparison(evaluation())
    assert len(figure.rows) == 4 * 3
    assert {"measure": "F1", "model": "challenger, new", "score": 0.9713} in figure.rows
    assert {"measure": "version too", "model": "champion, old", "score": 0.9462} in figure.rows
    assert drawn(figure.spec) == figure.rows


def test_a_model_that_was_not_measured_is_left_out() -> None:
    figure = charts.comparison(Evaluation(None, None, scores(0.9), 0.0))
    assert {row["model"] for row in figure.rows} == {"challenger, new"}
    bars, _ = figure.spec["layer"]
    assert bars["encoding"]["color"]["scale"]["domain"] == ["challenger, new"]


def test_a_model_has_one_colour_in_all_charts() -> None:
    shades = [
        dict(zip(scale["domain"], scale["range"], strict=True))
        for figure, layer in ((charts.comparison(evaluation()), 0), (charts.reliability(evaluation()), 1))
        for scale in [figure.spec["layer"][layer]["encoding"]["color"]["scale"]]
    ]
    assert shades[1].items() <= shades[0].items()
    assert len(set(shades[0].values())) == 3


def test_the_reliability_curve_is_drawn_beside_the_diagonal() -> None:
    figure = charts.reliability(evaluation())
    diagonal, curve = figure.spec["layer"]
    assert [point["right"] for point in drawn(figure.spec | diagonal)] == [0, 1]
    assert curve["mark"] == {"type": "line", "point": True}
    assert drawn(figure.spec) == figure.rows
    assert figure.rows[0] == {"model": "challenger, old", "confidence": 0.05, "right": 0.07, "candidates": 40}
    assert len(figure.rows) == 20


def test_pairs_confused_on_old_and_on_new_releases_are_one_pair() -> None:
    figure = charts.confusion(evaluation())
    assert figure.rows[0] == {"missed": "pypi/nose", "named instead": "pypi/nose2", "times": 6}
    assert len(figure.rows) == 2


def test_only_what_was_confused_most_is_drawn_and_has_a_row_of_its_own() -> None:
    many = [(f"pypi/a{number}", f"pypi/b{number}", number + 1) for number in range(90)]
    figure = charts.confusion(evaluation(many))
    assert [row["times"] for row in figure.rows] == [2 * (90 - number) for number in range(40)]
    assert figure.broad
    assert not charts.confusion(evaluation()).broad


def test_where_nothing_was_measured_there_is_nothing_to_tell() -> None:
    for draw in (charts.comparison, charts.reliability, charts.confusion):
        assert draw(NOTHING).rows == []
