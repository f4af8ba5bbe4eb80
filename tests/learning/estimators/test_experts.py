"""Experts that learn from recordings: labels alone and together, few samples, unknown software, storage."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery import Expert, ExpertEnsemble, Model, Router, Tokenizer
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.data.recordings import Recording
from praxi_tasks.learning.estimators.assignment import ROUTINGS, Assignment, Routing, group_labels
from praxi_tasks.learning.estimators.experts import ExpertHyperparameters, augment, train_experts
from praxi_tasks.learning.estimators.samples import Samples
from tests.learning.recordings import PROGRAMS, recording, singles

QUICK = ExpertHyperparameters(unions=150, tokens=15, trees=15)


def learn(recordings: list[Recording], routing: Routing = "default") -> list[Expert]:
    return train_experts(
        Samples.of(recordings),
        np.random.default_rng(0),
        assignment=Assignment(routing),
        hyperparameters=QUICK,
    )


def name(experts: list[Expert], *changesets: Recording) -> list[set[str]]:
    model = Model(recorded=ExpertEnsemble(tuple(experts)))
    return [set(answer) for answer in model.name_changes([one.changes for one in changesets])]


@pytest.mark.parametrize("routing", ROUTINGS)
def test_labels_together_are_learned_from_labels_alone(routing: Routing) -> None:
    experts = learn(singles(4), routing)
    assert sorted(label for expert in experts for label in expert.labels) == sorted(PROGRAMS)
    tests = [["tree"], ["wget", "zsh"], ["gpm", "nmap", "mutt"]]
    assert name(experts, *(recording(labels, 999) for labels in tests)) == [set(labels) for labels in tests]


def test_one_sample_per_label_is_enough() -> None:
    assert name(learn(singles(1)), recording(["mutt"], 77), recording(["curl", "tree"], 78)) == [
        {"mutt"},
        {"curl", "tree"},
    ]


def test_unknown_software_is_given_no_label() -> None:
    experts = learn(singles(4))
    assert name(experts, recording(["stranger"], 5), recording(["stranger", "zsh"], 6)) == [set(), {"zsh"}]


def test_an_empty_recording_has_no_label() -> None:
    assert name(learn(singles(2)), Recording([])) == [set()]


def test_experts_survive_storage() -> None:
    sample = [Tokenizer().tokens(recording(["wget", "gpm"], 3).changes)]
    for expert in learn(singles(3)):
        copy = Expert.from_bytes(expert.to_bytes())
        assert copy.labels == expert.labels
        assert copy.to_bytes() == expert.to_bytes()
        assert np.array_equal(copy.confidence(sample), expert.confidence(sample))


def test_damaged_experts_are_refused() -> None:
    data = learn(singles(2))[0].to_bytes()
    for end in range(0, len(data), 97):
        with pytest.raises(CorruptObjectError):
            Expert.from_bytes(data[:end])


def test_the_router_asks_only_experts_with_evidence() -> None:
    router = Router(learn(singles(3), "version"))
    (answer,) = router.ask([Tokenizer().tokens(["644 /usr/lib/zsh/part1"])])
    assert "zsh" in answer
    assert set(answer) < set(PROGRAMS)


def test_the_same_data_give_the_same_experts() -> None:
    first, second = (learn(singles(2)) for _ in range(2))
    assert [expert.to_bytes() for expert in first] == [expert.to_bytes() for expert in second]


def test_unions_carry_the_labels_of_their_parts() -> None:
    samples = Samples.of(singles(2))
    table, truth = augment(samples, np.random.default_rng(0), 50)
    assert len(table) == len(truth) == len(samples.truth) + 50
    assert np.array_equal(truth[: len(samples.truth)], samples.truth)
    assert set(truth.sum(axis=1).tolist()) <= {1, 2, 3, 4}


@pytest.mark.parametrize("routing", ROUTINGS)
def test_every_label_has_exactly_one_expert(routing: Routing) -> None:
    labels = [f"p{number // 3}=={number % 3}" for number in range(31)]
    profiles = np.random.default_rng(0).random((31, 8)).astype(np.float32)
    groups = group_labels(labels, profiles, Assignment(routing), np.random.default_rng(1))
    assert sorted(place for group in groups for place in group) == list(range(31))


def test_version_routing_keeps_a_package_together() -> None:
    labels = ["a==1", "b==1", "a==2", "b==2"]
    groups = group_labels(
        labels, np.eye(4, dtype=np.float32), Assignment("version"), np.random.default_rng(0)
    )
    assert sorted(map(sorted, groups)) == [[0, 2], [1, 3]]
