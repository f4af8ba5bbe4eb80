"""A champion that is lost: the starter stands in for it, and the answer says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from praxi_tasks.errors import ModelError
from praxi_tasks.learning.model_registry.base import ALIASED, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.mlflow import MODEL_NAME, MlflowRegistry
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import ResolvedModel, resolve_for, resolve_once
from praxi_tasks.store import Store, open_store

URI = f"{ALIASED}{CHAMPION}"
STARTER = "file:///starter"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("PRAXI_STARTER_MODEL", STARTER)
    monkeypatch.delenv("PRAXI_MLFLOW_URI", raising=False)
    return open_store((tmp_path / "store").as_uri())


def delete_version(registry: ModelRegistry) -> None:
    assert isinstance(registry, MlflowRegistry)
    registry.client.delete_model_version(MODEL_NAME, registry.get(CHAMPION).version)


def delete_alias(registry: ModelRegistry) -> None:
    assert isinstance(registry, MlflowRegistry)
    registry.client.delete_registered_model_alias(MODEL_NAME, CHAMPION)


def delete_model(registry: ModelRegistry) -> None:
    assert isinstance(registry, MlflowRegistry)
    registry.client.delete_registered_model(MODEL_NAME)


@pytest.mark.parametrize("lose", [delete_version, delete_alias, delete_model])
def test_a_champion_that_is_lost_is_told(lose: Callable[[ModelRegistry], None], store: Store) -> None:
    registry = open_registry(store.uri)
    champion = registry.promote(registry.register("file:///models/c", "c", {}))
    if lose is delete_model:  # nothing in the registry tells of it then
        assert resolve_for(store, URI) == ResolvedModel(champion.uri, champion.version)
    lose(registry)
    found = resolve_for(store, URI)
    assert found.uri == STARTER
    assert "champion" in found.problem
    assert "the starter model stands in" in found.problem


def test_a_registry_that_was_exchanged_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = open_registry(store.uri)
    registry.promote(registry.register("file:///models/c", "c", {}))
    resolve_for(store, URI)
    monkeypatch.setenv("PRAXI_MLFLOW_URI", f"sqlite:///{tmp_path}/another.db")
    assert "version 1 was the champion" in resolve_for(store, URI).problem


def test_it_stays_told_until_another_is_promoted(store: Store) -> None:
    registry = open_registry(store.uri)
    second = [registry.register(f"file:///models/{name}", name, {}) for name in "ab"][1]
    registry.promote(second)
    resolve_for(store, URI)
    delete_version(registry)
    assert all(resolve_for(store, URI).problem for _ in range(2))
    registry.promote(registry.get("1"))
    assert resolve_for(store, URI) == ResolvedModel("file:///models/a", "1")


def test_before_any_was_promoted_nothing_is_wrong(store: Store) -> None:
    assert resolve_for(store, URI) == ResolvedModel(STARTER)


def test_versions_of_which_none_was_champion_are_no_loss(store: Store) -> None:
    registry = open_registry(store.uri)
    registry.register("file:///models/c", "c", {})
    assert resolve_for(store, URI) == ResolvedModel(STARTER)


def test_a_run_remembers_why_the_starter_stood_in(store: Store) -> None:
    registry = open_registry(store.uri)
    registry.promote(registry.register("file:///models/c", "c", {}))
    delete_version(registry)
    first = resolve_once(URI, store, "audits/run/model.json")
    registry.promote(registry.register("file:///models/d", "d", {}))
    assert first.problem
    assert resolve_once(URI, store, "audits/run/model.json") == first


def test_without_a_starter_the_error_says_what_was_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = open_registry(store.uri)
    registry.promote(registry.register("file:///models/c", "c", {}))
    delete_version(registry)
    monkeypatch.delenv("PRAXI_STARTER_MODEL")
    with pytest.raises(ModelError, match="version 1 was the champion"):
        resolve_for(store, URI)
