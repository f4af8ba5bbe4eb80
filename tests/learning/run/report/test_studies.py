"""What the charts of studies tell and draw."""

from __future__ import annotations

from praxi_tasks.learning.run.report import studies
from praxi_tasks.learning.studies import Trial


def test_trials_of_a_tuning_are_joined_by_the_best_so_far() -> None:
    figure = studies.tuning([Trial({}, f1) for f1 in (0.5, 0.75, 0.25)])
    assert [row["best so far"] for row in figure.rows] == [0.5, 0.75, 0.75]
    assert [layer["mark"]["type"] for layer in figure.spec["layer"]] == ["line", "point"]


def test_assignments_are_named_as_people_name_them() -> None:
    sizes = {"default": 0, "random": 6, "version": 0}
    trials = [Trial({"routing": routing, "size": size}, 0.5) for routing, size in sizes.items()]
    trials.append(Trial({"routing": "random", "size": 0}, 0.98766))
    figure = studies.assignments(trials)
    named = [(row["assignment"], row["F1"]) for row in figure.rows]
    assert named == [
        ("default", 0.5),
        ("random, 6 to an expert", 0.5),
        ("version", 0.5),
        ("random, all to an expert", 0.9877),
    ]
    assert [layer["mark"]["type"] for layer in figure.spec["layer"]] == ["bar", "text"]


def test_without_a_study_there_is_nothing_to_tell() -> None:
    assert [draw([]).rows for draw in (studies.tuning, studies.assignments)] == [[], []]
