"""The course of a training: losses, round by round, that change nothing about what is trained."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.learning.estimators import record_course, train_booster

RNG = np.random.default_rng(3)
TABLE = RNG.random((60, 3), np.float32)
TRUTH = TABLE[:, 0] > 0.4
PARAMETERS = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1}


def test_the_loss_falls_and_the_booster_is_the_same_bytes() -> None:
    with record_course() as course:
        watched = train_booster(TABLE, TRUTH, PARAMETERS, 6)
    assert watched == train_booster(TABLE, TRUTH, PARAMETERS, 6)
    assert len(course.points) == 6
    assert list(course.points) == sorted(course.points, reverse=True)
    assert 0 < course.points[-1] < course.points[0] < np.log(2)


def test_it_is_the_mean_over_the_boosters_that_had_so_many_rounds() -> None:
    with record_course() as course:
        course.add([0.6, 0.4])
        course.add([0.2])
    assert course.points == pytest.approx((0.4, 0.4))


def test_courses_do_not_mix() -> None:
    with record_course() as outer:
        with record_course() as inner:
            train_booster(TABLE, TRUTH, PARAMETERS, 2)
        train_booster(TABLE, TRUTH, PARAMETERS, 1)
    assert (len(outer.points), len(inner.points)) == (1, 2)
