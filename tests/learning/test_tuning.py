"""Trials of hyper-parameters: documents in the store, from which the next ones learn."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.tuning import Trial, Tuning
from praxi_tasks.store import Store, documents, keys
from tests.support import world

BEST = {"eta": 0.2, "max_depth": 3, "min_child_weight": 0.5, "reg_lambda": 1.0, "trees": 40}


def put(store: Store, number: int, f1: float) -> None:
    trial = Trial({**BEST, "trees": 20 + number}, f1)
    documents.write(store, keys.training_run("t", f"trials/{number}.json"), trial)


def test_the_best_of_all_trials_is_taken(store: Store) -> None:
    for number, f1 in enumerate([0.7, 0.9, 0.8]):
        put(store, number, f1)
    tuning = Tuning(store, "t")
    assert tuning.best() == {**BEST, "trees": 21}
    assert tuning.history() == (0.7, 0.9, 0.8)


def test_trials_are_in_the_order_of_their_numbers(store: Store) -> None:
    for number in (10, 9, 2):
        put(store, number, number / 100)
    assert Tuning(store, "t").history() == (0.02, 0.09, 0.1)


def test_without_any_there_is_no_best(store: Store) -> None:
    put(store, 0, 0.5)
    assert Tuning(store, "other").best() == {}
    assert Tuning(store, "other").history() == ()


def test_a_damaged_trial_is_told(store: Store) -> None:
    store.put(keys.training_run("t", "trials/0.json"), b'{"chosen": 3}')
    with pytest.raises(CorruptObjectError):
        Tuning(store, "t").best()


def test_a_trial_knows_those_before_and_a_retry_replaces_its_own(store: Store) -> None:
    put(store, 0, 0.5)
    tuning = Tuning(store, "t")
    first = tuning.try_once(world.releases()[:12], 1)
    assert tuning.try_once(world.releases()[:12], 1) >= 0
    assert len(tuning.history()) == 2
    assert 0 <= first <= 1
    chosen = documents.read(store, keys.training_run("t", "trials/1.json"), Trial).chosen
    assert chosen.keys() == BEST.keys()
    assert 0.05 <= chosen["eta"] <= 0.5


def test_where_nothing_is_stored_a_trial_finds_nothing(store: Store) -> None:
    assert Tuning(store, "t").try_once([], 0) == 0.0
