"""Trials of hyper-parameters: documents in the store, from which the next ones learn."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.estimators import (
    DEFAULTS,
    Assignment,
    Hyperparameters,
    Routing,
    ScorerHyperparameters,
    Space,
)
from praxi_tasks.learning.studies import Trial, Tuning
from praxi_tasks.learning.training import tuning_space
from praxi_tasks.store import Store, documents, keys

SPACE = Space(scorer=True, experts=False)


def put(store: Store, number: int, f1: float) -> None:
    trial = Trial({**SPACE.defaults(), "scorer_trees": 20 + number}, f1)
    documents.write(store, keys.training_run("t", f"trials/tuning/{number}.json"), trial)


def tuning(store: Store, run: str = "t") -> Tuning:
    return Tuning(store, run, SPACE)


def chosen(store: Store, number: int) -> dict[str, int | float | str]:
    return documents.read(store, keys.training_run("t", f"trials/tuning/{number}.json"), Trial).chosen


def test_the_best_of_all_trials_is_taken_and_the_first_of_equals(store: Store) -> None:
    for number, f1 in enumerate([0.7, 0.9, 0.8, 0.9]):
        put(store, number, f1)
    assert tuning(store).best() == Hyperparameters(scorer=ScorerHyperparameters(trees=21))
    assert tuning(store).history() == (0.7, 0.9, 0.8, 0.9)


def test_trials_of_another_space_do_not_count(store: Store) -> None:
    """The routing study may have been repeated, and now experts are trained."""
    put(store, 0, 0.9)
    other = Tuning(store, "t", Space(scorer=False, experts=True))
    assert (other.best(), other.history()) == (DEFAULTS, ())
    assert other.try_once(1, lambda hyperparameters: float(hyperparameters.scorer == DEFAULTS.scorer)) == 1


def test_without_any_the_usual_is_the_best(store: Store) -> None:
    put(store, 0, 0.5)
    assert tuning(store, "other").best() == DEFAULTS
    assert tuning(store, "other").history() == ()


def test_a_damaged_trial_is_told(store: Store) -> None:
    store.put(keys.training_run("t", "trials/tuning/0.json"), b'{"chosen": 3}')
    with pytest.raises(CorruptObjectError):
        tuning(store).best()


def test_the_first_trial_tries_what_is_usual(store: Store) -> None:
    assert tuning(store).try_once(0, lambda hyperparameters: float(hyperparameters == DEFAULTS)) == 1


def test_a_trial_knows_those_before_and_one_that_is_started_again_chooses_as_before(store: Store) -> None:
    put(store, 0, 0.5)
    assert (
        tuning(store).try_once(1, lambda hyperparameters: hyperparameters.scorer.eta)
        == chosen(store, 1)["scorer_eta"]
    )
    first = chosen(store, 1)
    tuning(store).try_once(1, lambda _: 0.9)
    assert (chosen(store, 1), tuning(store).history()) == (first, (0.5, 0.9))


@pytest.mark.parametrize(
    "space", [SPACE, Space(scorer=False, experts=True), Space(scorer=True, experts=True)]
)
def test_what_is_not_trained_is_not_tuned(store: Store, space: Space) -> None:
    def only_that(hyperparameters: Hyperparameters) -> float:
        scorer, experts = hyperparameters.scorer != DEFAULTS.scorer, hyperparameters.expert != DEFAULTS.expert
        return float((scorer, experts) == (space.scorer, space.experts))

    assert [Tuning(store, "t", space).try_once(number, only_that) for number in range(1, 4)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("routing", "rebuilt", "space"),
    [
        ("default", False, Space(scorer=True, experts=False)),
        ("default", True, Space(scorer=True, experts=False)),
        ("random", False, Space(scorer=False, experts=True)),
        ("similarity", True, Space(scorer=True, experts=True)),
    ],
)
def test_a_training_tunes_what_it_trains(routing: Routing, rebuilt: bool, space: Space) -> None:
    assert tuning_space(Assignment(routing), rebuilt=rebuilt) == space
