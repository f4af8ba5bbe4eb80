"""Experts that own releases: assigned by one option, asked where the index sees evidence, added to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from praxi_tasks.discovery import Model, Release
from praxi_tasks.learning.estimators.assignment import Assignment, Routing
from praxi_tasks.learning.run.documents import Trained
from praxi_tasks.learning.synthesis import Files, install_wheel
from praxi_tasks.learning.training import add_releases, give_experts
from praxi_tasks.store import Store, documents
from tests.learning.conftest import ask, put_package, train
from tests.support import world

SITE = "usr/local/lib/python3.11/site-packages"
KNOWN = [one for one in world.releases() if one.name[-1] in "bcef"]
Ask = Callable[[Sequence[NDArray[np.uint64]]], NDArray[np.float64]]
PUBLISHED: tuple[Routing, ...] = ("random", "similarity", "version")


def assigned(routing: Routing, size: int = 6) -> Model:
    return give_experts(world.model(), KNOWN, np.random.default_rng(1), Assignment(routing, size)).model


@pytest.fixture(scope="module")
def by_version() -> Model:
    return assigned("version")


def _noted(
    ask: Ask, labels: tuple[str, ...], asked: list[str], samples: Sequence[NDArray[np.uint64]]
) -> NDArray[np.float64]:
    """Ask an expert, and note that it was asked."""
    asked += labels
    return ask(samples)


def told(model: Model, *releases: Release) -> dict[str, tuple[str, ...]]:
    parts = [install_wheel(Files.of(one), SITE) for one in releases]
    return {one.name: one.versions for one in model.predict(world.layer(*parts)).releases}


@pytest.mark.parametrize("routing", PUBLISHED)
def test_every_release_has_one_expert_and_is_named_by_it(routing: Routing) -> None:
    model = assigned(routing)
    owned = [label for expert in model.released.experts for label in expert.labels if "==" in label]
    assert sorted(owned) == sorted(f"{one.package}=={one.version}" for one in KNOWN)
    asked = [world.find("packageb", "2.0"), world.find("packagee", "2.0")]
    assert told(model, *asked) == {"packageb": ("2.0",), "packagee": ("2.0",)}


def test_by_default_releases_have_no_expert() -> None:
    assert assigned("default").released.experts == ()


def test_versions_share_an_expert_where_that_is_asked_for(by_version: Model) -> None:
    groups = [{label.partition("==")[0] for label in expert.labels} for expert in by_version.released.experts]
    assert all(len(group) == 1 for group in groups)
    assert len(groups) == 4


def test_none_leaves_all_labels_to_one_expert() -> None:
    assert len(assigned("random", 0).released.experts) == 1


def test_a_version_nobody_knows_is_a_package_without_one(by_version: Model) -> None:
    known = world.find("packagef", "1.0")
    later = replace(known, sizes=known.sizes + 7 * (np.arange(len(known.sizes)) > 0).astype(np.uint64))
    assert told(by_version, later) == {"packagef": ()}


def test_packages_without_an_expert_are_decided_as_before(by_version: Model) -> None:
    assert told(by_version, world.find("packagex", "2.0")) == {"packagex": ("2.0",)}


def test_experts_are_asked_only_about_what_the_index_sees(
    by_version: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for expert in by_version.released.experts:
        monkeypatch.setattr(expert, "confidence", partial(_noted, expert.confidence, expert.labels, asked))
    told(by_version, world.find("packageb", "2.0"), world.find("packagex", "1.0"))
    assert {label.partition("==")[0] for label in asked} == {"pypi/packageb"}


def test_experts_of_releases_survive_storage(by_version: Model, tmp_path: Path) -> None:
    identity = by_version.save(tmp_path.as_uri())
    loaded = Model.load(tmp_path.as_uri())
    assert loaded.id == identity
    assert loaded.released.samples == by_version.released.samples
    asked = world.find("packagec", "2.0")
    assert told(loaded, asked) == told(by_version, asked) == {"packagec": ("2.0",)}


def test_adding_a_release_leaves_the_experts_of_others_alone(by_version: Model) -> None:
    new = [world.release("newcomer", "1.0")]
    added = add_releases(by_version, new, np.random.default_rng(2), assignment=Assignment("version"))
    assert (added.repaired, added.false_positives) == ((), ())
    before = [expert.to_bytes() for expert in by_version.released.experts]
    after = [expert.to_bytes() for expert in added.model.released.experts]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert told(added.model, *new) == {"newcomer": ("1.0",)}


def test_a_training_assigns_releases_as_its_parameters_say(store: Store, starter: str) -> None:
    packages = [put_package(store, number, name) for number, name in enumerate(("alpha", "beta", "gamma"), 1)]
    ask(store, "r1", *packages)
    settings = '{"routing": "random", "labels_per_expert": 2}'
    run = train(store, "routed", until="evaluate", settings=settings)
    trained = documents.read(store, run.key("trained.json"), Trained)
    experts = Model.load(trained.uri).released.experts
    owned = [sum("==" in label for label in expert.labels) for expert in experts]
    assert sorted(owned) == [1, 2]
    assert Model.load(starter).released.experts == ()
