"""Trials of assignments: which there are, and which is best."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.learning.estimators import Assignment
from praxi_tasks.learning.studies import ROUTING, RoutingStudy, read_trials
from praxi_tasks.store import Store

ASKED = Assignment("random", 3)


def study(store: Store, asked: Assignment = ASKED) -> RoutingStudy:
    return RoutingStudy(store, "t", asked)


def test_what_is_asked_for_is_tried_first_and_nothing_twice(store: Store) -> None:
    for asked in (ASKED, Assignment("random", 6), Assignment("default", 5)):
        count = len(study(store, asked))
        for number in range(count):
            study(store, asked).try_once(number, lambda _: 0.5)
        tried = [tuple(trial.chosen.values()) for trial in read_trials(store, "t", ROUTING).values()][:count]
        assert tried[0][0] == asked.routing
        assert len(set(tried)) == len(tried)
        assert {routing for routing, _ in tried} == {"default", "random", "similarity", "version"}


def test_the_best_is_used_and_the_first_of_equals(store: Store) -> None:
    assert study(store).best() == ASKED
    for number in (4, 2, 0):
        study(store).try_once(number, lambda each: 0.5 if each == ASKED else 0.75)
    assert study(store).best() == Assignment("random", 6)
    assert study(store).history() == (0.5, 0.75, 0.75)


def test_a_trial_that_is_started_again_overwrites_its_document(store: Store) -> None:
    study(store).try_once(1, lambda _: 0.9)
    study(store).try_once(1, lambda _: 0.4)
    assert study(store).history() == (0.4,)
    trial = read_trials(store, "t", ROUTING)[1]
    assert (trial.chosen, trial.course) == ({"routing": "default", "size": 0}, ())
    assert trial.seconds >= 0


def test_there_is_no_trial_beyond_the_last(store: Store) -> None:
    with pytest.raises(UsageError, match="no trial 7"):
        study(store).try_once(7, lambda _: 1.0)
