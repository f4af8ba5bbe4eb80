"""Panels grow: new labels get experts, old experts that are wrong are repaired by name, the rest stays."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery.expert_ensemble import Panel
from praxi_tasks.discovery.experts import Router
from praxi_tasks.discovery.tokens import Tokenizer
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.data.recordings import Recording
from praxi_tasks.learning.estimators.assignment import Assignment
from praxi_tasks.learning.estimators.expert_ensemble import Growth, grow
from praxi_tasks.learning.estimators.experts import Recipe
from praxi_tasks.learning.estimators.samples import Samples
from tests.learning.recordings import impostor, recording, singles

QUICK = Recipe(unions=150, tokens=15, trees=15)
ALONE = Assignment("random", 1)
OLD = ("tree", "wget", "zsh")


def teach(panel: Panel, recordings: list[Recording], recipe: Recipe = QUICK) -> Growth:
    samples = Samples.of(recordings)
    return grow(panel, samples, np.random.default_rng(0), assignment=ALONE, recipe=recipe)


def bytes_of(panel: Panel) -> dict[str, bytes]:
    return {expert.labels[0]: expert.to_bytes() for expert in panel.experts}


def named(panel: Panel, *recordings: Recording) -> list[set[str]]:
    tokens = [Tokenizer().tokens(one.changes) for one in recordings]
    return [
        {label for label, chance in told.items() if chance >= 0.5}
        for told in Router(panel.experts).ask(tokens)
    ]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return teach(Panel(), singles(6, OLD)).panel


def test_unlike_software_changes_no_old_expert(panel: Panel) -> None:
    growth = teach(panel, singles(6, ("mutt", "curl")))
    assert growth.learned == ("curl", "mutt")
    assert (growth.repaired, growth.firing) == ((), ())
    assert bytes_of(growth.panel).items() >= bytes_of(panel).items()
    assert named(growth.panel, recording(["curl", "tree"], 900)) == [{"curl", "tree"}]


def test_an_old_expert_that_fires_is_repaired_and_named(panel: Panel) -> None:
    new = [impostor(seed) for seed in range(6)]
    assert all("tree" in told for told in named(panel, *new)), "it does not fire: the test tests nothing"
    growth = teach(panel, new)
    assert growth.repaired == ("tree",)
    before, after = bytes_of(panel), bytes_of(growth.panel)
    assert {label for label in before if before[label] != after[label]} == {"tree"}
    assert named(growth.panel, impostor(50), recording(["tree"], 901)) == [{"eza"}, {"tree"}]


def test_what_nothing_is_remembered_of_is_said_to_fire(panel: Panel) -> None:
    forgetful = Panel(panel.experts)
    growth = teach(forgetful, [impostor(seed) for seed in range(6)])
    assert (growth.repaired, growth.firing) == ((), ("tree",))
    assert bytes_of(growth.panel).items() >= bytes_of(panel).items()


def test_a_label_that_is_known_is_not_learned_twice(panel: Panel) -> None:
    growth = teach(panel, singles(2, ("wget",)))
    assert growth.learned == ()
    assert [expert.labels for expert in growth.panel.experts] == [each.labels for each in panel.experts]


def test_new_experts_see_what_is_remembered_as_foreign(panel: Panel) -> None:
    growth = teach(panel, [impostor(seed) for seed in range(6)])
    assert named(growth.panel, *(recording([label], 77) for label in OLD)) == [{label} for label in OLD]


def test_a_few_samples_of_each_label_are_remembered() -> None:
    samples = Samples.of(singles(9, OLD))
    kept = Samples.from_bytes(samples.remembered(4).to_bytes())
    assert kept.labels == samples.labels
    assert kept.truth.sum(axis=0).tolist() == [4, 4, 4]
    assert kept.to_bytes() == samples.remembered(4).to_bytes()


def test_damaged_samples_are_refused() -> None:
    data = Samples.of(singles(2, OLD)).to_bytes()
    for end in range(0, len(data), 101):
        with pytest.raises(CorruptObjectError):
            Samples.from_bytes(data[:end])
