"""What is noted of studies: which trainings have some, and their trials."""

from __future__ import annotations

import pytest

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.studies import ROUTING, TUNING, note_studies, read_trials, studies_of
from praxi_tasks.store import Store, documents, keys


def test_a_training_without_studies_is_not_noted(store: Store) -> None:
    note_studies(store, "t", {ROUTING: 0, TUNING: 0})
    assert studies_of(store) == []


def test_a_training_that_is_started_again_keeps_its_note(store: Store) -> None:
    note_studies(store, "t", {ROUTING: 0, TUNING: 3})
    (first,) = studies_of(store)
    note_studies(store, "t", {ROUTING: 0, TUNING: 3})
    assert studies_of(store) == [first]
    assert (first.run, first.trials) == ("t", {TUNING: 3})


def test_the_newest_comes_first_and_damaged_notes_are_left_out(store: Store) -> None:
    for run, at in (("a", "2026-01-02"), ("b", "2026-01-03"), ("c", "2026-01-01")):
        documents.write(store, keys.training_studies(run), {"run": run, "at": at, "trials": {TUNING: 1}})
    store.put(keys.training_studies("d"), b"{")
    assert [noted.run for noted in studies_of(store)] == ["b", "a", "c"]


def test_trials_come_in_the_order_of_their_numbers(store: Store) -> None:
    for number in (10, 9, 2):
        key = keys.training_run("t", f"trials/{TUNING}/{number}.json")
        documents.write(store, key, {"chosen": {}, "f1": number / 100})
    store.put(keys.training_run("t", f"trials/{TUNING}/draft.json"), b"{")
    assert [(number, trial.f1) for number, trial in read_trials(store, "t", TUNING).items()] == [
        (2, 0.02),
        (9, 0.09),
        (10, 0.1),
    ]
    assert read_trials(store, "t", ROUTING) == {}


def test_a_damaged_trial_is_told(store: Store) -> None:
    store.put(keys.training_run("t", f"trials/{ROUTING}/0.json"), b'{"chosen": 3}')
    with pytest.raises(CorruptObjectError):
        read_trials(store, "t", ROUTING)
