"""How traffic is split."""

from __future__ import annotations

from collections import Counter

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.serving.experiment import Experiment

KEYS = [f"sha256:{number:064x}" for number in range(4000)]


def test_without_an_experiment_the_champion_answers() -> None:
    assert Experiment.parse(b"", "e") == Experiment({"champion": 100})


def test_a_split_gives_each_version_its_share() -> None:
    split = Experiment.parse(b"weights: {3: 70, challenger: 30}\nshadow: [5]\n", "e")
    shares = Counter(map(split.choose, KEYS))
    assert 0.66 < shares["3"] / len(KEYS) < 0.74
    assert split.versions == ("3", "challenger", "5")
    assert set(shares) == {"3", "challenger"}


def test_a_layer_stays_with_its_version_and_only_as_many_move_as_must() -> None:
    before = Experiment({"a": 60, "b": 20, "c": 20})
    after = Experiment({"a": 50, "b": 30, "c": 20})
    assert list(map(before.choose, KEYS)) == list(map(before.choose, KEYS))
    moved = Counter((before.choose(key), after.choose(key)) for key in KEYS)
    assert sum(count for (one, other), count in moved.items() if one != other) < 0.2 * len(KEYS)
    assert not any(moved[pair] for pair in (("b", "a"), ("b", "c"), ("c", "a")))


def test_a_version_without_weight_answers_nothing() -> None:
    split = Experiment({"a": 100, "b": 0})
    assert set(map(split.choose, KEYS)) == {"a"}
    assert split.versions == ("a",)


@pytest.mark.parametrize(
    "document",
    [
        b"weights: {a: 60, b: 30}",
        b"weights: {a: 110, b: -10}",
        b"weights: {a: 99.5, b: 0.5}",
        b"weights: {}",
        b"weights: {a: 50, a: 50}",
        b"weights: {a: 100}\nshadow: [a]",
        b"shadow: [b, b]",
        b"shadow: [1, 2, 3, 4, 5, 6, 7, 8]",
        b"weigths: {a: 100}",
        b"name: ../x",
        b"name: ''",
        b"- a",
        b"{",
        b"\xff",
    ],
)
def test_what_is_no_split_is_refused(document: bytes) -> None:
    with pytest.raises(UsageError, match=r"experiment\.yaml"):
        Experiment.parse(document, "experiment.yaml")
