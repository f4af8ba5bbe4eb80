"""Panels grow: new labels get experts, old experts that are wrong are repaired by name, the rest stays."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery import ExpertEnsemble, Router, Tokenizer
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.data.recordings import Recording
from praxi_tasks.learning.estimators.assignment import Assignment
from praxi_tasks.learning.estimators.expert_ensemble import Growth, grow
from praxi_tasks.learning.estimators.experts import ExpertHyperparameters
from praxi_tasks.learning.estimators.samples import Samples
from tests.learning.recordings import impostor, recording, singles

QUICK = ExpertHyperparameters(unions=150, tokens=15, trees=15)
ALONE = Assignment("random", 1)
OLD = ("tree", "wget", "zsh")


def teach(
    ensemble: ExpertEnsemble, recordings: list[Recording], hyperparameters: ExpertHyperparameters = QUICK
) -> Growth:
    samples = Samples.of(recordings)
    return grow(
        ensemble, samples, np.random.default_rng(0), assignment=ALONE, hyperparameters=hyperparameters
    )


def bytes_of(ensemble: ExpertEnsemble) -> dict[str, bytes]:
    return {expert.labels[0]: expert.to_bytes() for expert in ensemble.experts}


def named(ensemble: ExpertEnsemble, *recordings: Recording) -> list[set[str]]:
    tokens = [Tokenizer().tokens(one.changes) for one in recordings]
    return [
        {label for label, chance in told.items() if chance >= 0.5}
        for told in Router(ensemble.experts).ask(tokens)
    ]


@pytest.fixture(scope="module")
def ensemble() -> ExpertEnsemble:
    return teach(ExpertEnsemble(), singles(6, OLD)).ensemble


def test_unlike_software_changes_no_old_expert(ensemble: ExpertEnsemble) -> None:
    growth = teach(ensemble, singles(6, ("mutt", "curl")))
    assert growth.learned == ("curl", "mutt")
    assert (growth.repaired, growth.false_positives) == ((), ())
    assert bytes_of(growth.ensemble).items() >= bytes_of(ensemble).items()
    assert named(growth.ensemble, recording(["curl", "tree"], 900)) == [{"curl", "tree"}]


def test_an_old_expert_that_fires_is_repaired_and_named(ensemble: ExpertEnsemble) -> None:
    new = [impostor(seed) for seed in range(6)]
    assert all("tree" in told for told in named(ensemble, *new)), "it does not fire: the test tests nothing"
    growth = teach(ensemble, new)
    assert growth.repaired == ("tree",)
    before, after = bytes_of(ensemble), bytes_of(growth.ensemble)
    assert {label for label in before if before[label] != after[label]} == {"tree"}
    assert named(growth.ensemble, impostor(50), recording(["tree"], 901)) == [{"eza"}, {"tree"}]


def test_what_nothing_is_remembered_of_is_said_to_fire(ensemble: ExpertEnsemble) -> None:
    forgetful = ExpertEnsemble(ensemble.experts)
    growth = teach(forgetful, [impostor(seed) for seed in range(6)])
    assert (growth.repaired, growth.false_positives) == ((), ("tree",))
    assert bytes_of(growth.ensemble).items() >= bytes_of(ensemble).items()


def test_a_label_that_is_known_is_not_learned_twice(ensemble: ExpertEnsemble) -> None:
    growth = teach(ensemble, singles(2, ("wget",)))
    assert growth.learned == ()
    assert [expert.labels for expert in growth.ensemble.experts] == [each.labels for each in ensemble.experts]


def test_new_experts_see_what_is_remembered_as_foreign(ensemble: ExpertEnsemble) -> None:
    growth = teach(ensemble, [impostor(seed) for seed in range(6)])
    assert named(growth.ensemble, *(recording([label], 77) for label in OLD)) == [{label} for label in OLD]


def test_a_few_samples_of_each_label_are_remembered() -> None:
    samples = Samples.of(singles(9, OLD))
    retained = Samples.from_bytes(samples.remembered(4).to_bytes())
    assert retained.labels == samples.labels
    assert retained.truth.sum(axis=0).tolist() == [4, 4, 4]
    assert retained.to_bytes() == samples.remembered(4).to_bytes()


def test_damaged_samples_are_refused() -> None:
    data = Samples.of(singles(2, OLD)).to_bytes()
    for end in range(0, len(data), 101):
        with pytest.raises(CorruptObjectError):
            Samples.from_bytes(data[:end])
