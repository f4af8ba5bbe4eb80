"""Which versions of the model are kept: the newest, and whatever is in use or may be soon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.errors import ModelError, UsageError
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.model_registry.base import ModelRegistry
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import ResolvedModel
from praxi_tasks.learning.model_registry.version import ModelVersion
from praxi_tasks.learning.run.documents import Trained
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.run.retention import KEEP, SETTING, newest_to_keep, prune
from praxi_tasks.store import Store, documents, keys
from tests.conftest import ROOT
from tests.learning.conftest import ask, put_package, train
from tests.learning.run.trained_store import layer, named
from tests.support import world

MADE = 5


@pytest.fixture
def registry(store: Store) -> ModelRegistry:
    """Register a starter that lies elsewhere and some models of trainings; the third is the champion."""
    registry = open_registry(store.uri)
    registry.register("file:///elsewhere/starter", "starter", {})
    for number in range(MADE):
        model = Model([build_catalogue([world.release(f"lib{number}", "1.0")])])
        uri = f"{store.uri}/{keys.model(model.id)}"
        model.save(uri)
        registry.register(uri, model.id, {})
    for version in ("3", "4"):
        registry.promote(registry.get(version))
    return registry


def numbers(versions: Sequence[ModelVersion]) -> list[str]:
    return [version.version for version in versions]


def test_the_newest_stay_and_the_champion_and_what_it_replaced(store: Store, registry: ModelRegistry) -> None:
    (lost,) = prune(store, registry, 1)[:1]
    assert numbers(registry.versions()) == ["1", "3", "4", "6"]
    with pytest.raises(ModelError):
        Model.load(lost.uri)
    kept = [version for version in registry.versions() if version.version != "1"]
    assert {key.split("/")[1] for key in store.list("models")} == {version.model for version in kept}
    for version in kept:
        assert Model.load(version.uri).id == version.model
    assert registry.roll_back().version == "3"


@pytest.mark.parametrize("newest", [MADE + 1, 100])
def test_few_versions_all_stay(store: Store, registry: ModelRegistry, newest: int) -> None:
    assert prune(store, registry, newest) == []


def test_what_a_running_audit_named_stays_until_it_ends(store: Store, registry: ModelRegistry) -> None:
    documents.write(store, keys.run("audit", "model.json"), ResolvedModel(registry.get("2").uri, "2"))
    assert numbers(prune(store, registry, 1)) == ["5"]
    documents.write(store, keys.run("audit", "summary.json"), {})
    assert numbers(prune(store, registry, 1)) == ["2"]


def test_what_a_running_training_builds_on_and_made_stays(store: Store, registry: ModelRegistry) -> None:
    base, made = (ResolvedModel(registry.get(version).uri, version) for version in ("2", "5"))
    documents.write(store, keys.training_run("t", "plan.json"), TrainingPlan((), (), base))
    assert numbers(prune(store, registry, 1)) == ["5"]
    trained = Trained("", made.uri, "5", base, "", (), {}, (), (), 1, 1, 1.0)
    documents.write(store, keys.training_run("t", "trained.json"), trained)
    assert prune(store, registry, 1) == []
    documents.write(store, keys.training_run("t", "summary.json"), {})
    assert numbers(prune(store, registry, 1)) == ["2"]


@pytest.mark.usefixtures("registry")
def test_whoever_is_killed_is_followed_by_one_that_finishes(store: Store) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.dying"],
        input=json.dumps([["models", "prune", "--keep", "1"]]),
        env=os.environ | {"PRAXI_STORE": store.uri},
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=120,
        check=True,
    )
    (died,) = json.loads(done.stdout.splitlines()[-1])
    assert died >= 3
    left = open_registry(store.uri).versions()
    assert numbers(left) == ["1", "3", "4", "6"]
    assert {key.split("/")[1] for key in store.list("models")} == {version.model for version in left[1:]}


def test_a_setting_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "")
    assert newest_to_keep() == KEEP
    monkeypatch.setenv(SETTING, "7")
    assert newest_to_keep() == 7


@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5"])
def test_an_absurd_setting_is_told(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(SETTING, given)
    with pytest.raises(UsageError, match=SETTING):
        newest_to_keep()


@pytest.mark.usefixtures("starter")
def test_versions_that_nobody_needs_go_with_their_copies(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_LEARN_KEEP", "1")
    for number in range(1, 4):
        ask(store, f"a{number}", put_package(store, number, f"{'abc'[number - 1]}lib"))
        train(store, f"t{number}")
    registry = open_registry(store.uri)
    assert [version.version for version in registry.versions()] == ["1", "3", "4"]
    logged = [key for key in store.list("mlflow/artifacts") if key.endswith("/model/model.json")]
    copies = {key.split("/")[2] for key in logged}
    assert copies == {version.run for version in registry.versions() if version.run}
    assert len(copies) == 2
    assert named(store, layer("alib")) == [("alib", ("1.0",))]
    assert registry.roll_back().version == "3"
    assert named(store, layer("blib")) == [("blib", ("1.0",))]
