"""A champion that is lost: the starter stands in for it, and the answer says so."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from praxi_tasks.errors import ModelError
from praxi_tasks.learning.model_registry.base import ALIASED, CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.embedded_database import database_file
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.mlflow_promotions import MODEL_NAME
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import (
    ResolvedModel,
    resolve_for,
    resolve_model,
    resolve_once,
)
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.store import Store, keys, open_store
from tests.support.s3 import ObjectStore

URI = f"{ALIASED}{CHAMPION}"
STARTER = "file:///starter"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store whose registry is MLflow's file."""
    monkeypatch.setenv("PRAXI_STARTER_MODEL", STARTER)
    monkeypatch.delenv("PRAXI_MLFLOW_URI", raising=False)
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def bucket(store: Store, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store whose registry is documents of its own."""
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    return open_store(object_store.create_bucket(f"registry-{uuid.uuid4().hex}"))


def delete_version(registry: ModelRegistry) -> None:
    registry.delete(registry.get(CHAMPION))


def delete_alias(registry: ModelRegistry) -> None:
    assert isinstance(registry, MlflowRegistry)
    registry.client.delete_registered_model_alias(MODEL_NAME, CHAMPION)


def delete_model(registry: ModelRegistry) -> None:
    assert isinstance(registry, MlflowRegistry)
    registry.client.delete_registered_model(MODEL_NAME)


def delete_row(registry: ModelRegistry) -> None:
    """Delete a version as a database restored in part has lost it: its alias points nowhere."""
    file = database_file(registry.uri)
    assert file is not None
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM model_versions")


@pytest.mark.parametrize("lose", [delete_version, delete_alias, delete_model, delete_row])
def test_a_champion_that_is_lost_is_told(lose: Callable[[ModelRegistry], None], store: Store) -> None:
    registry = open_registry(store.uri)
    champion = registry.promote(registry.register("file:///models/c", "c", {}))
    if lose is delete_model:  # nothing in the registry tells of it then
        assert resolve_for(store, URI) == ResolvedModel(champion.uri, champion.version)
    lose(registry)
    assert_told(resolve_for(store, URI))


def delete_document(bucket: Store) -> None:
    bucket.delete(keys.registry_version(1))


def delete_folder(bucket: Store) -> None:
    for key in list(bucket.list(keys.REGISTRY)):
        bucket.delete(key)


def delete_stored_version(bucket: Store) -> None:
    delete_version(open_registry(bucket.uri))


@pytest.mark.server
@pytest.mark.parametrize("lose", [delete_stored_version, delete_document, delete_folder])
def test_a_champion_that_a_bucket_lost_is_told(lose: Callable[[Store], None], bucket: Store) -> None:
    registry = open_registry(bucket.uri)
    assert isinstance(registry, StoredRegistry)
    assert resolve_for(bucket, URI) == ResolvedModel(STARTER)
    champion = registry.promote(registry.register("file:///models/c", "c", {}))
    assert resolve_for(bucket, URI) == ResolvedModel(champion.uri, champion.version)
    lose(bucket)
    assert_told(resolve_for(bucket, URI))


def assert_told(found: ResolvedModel) -> None:
    assert found.uri == STARTER
    assert not found.version
    assert "version 1" in found.problem
    assert "the champion" in found.problem
    assert "the starter model stands in" in found.problem


@pytest.mark.parametrize("kind", ["mlflow", "documents"])
def test_an_alias_that_points_nowhere_names_the_version_it_had(kind: str, store: Store) -> None:
    registry = open_registry(store.uri) if kind == "mlflow" else StoredRegistry(store)
    registry.challenge(registry.register("file:///models/c", "c", {}))
    if kind == "mlflow":
        delete_row(registry)
    else:
        delete_document(store)
    again = open_registry(store.uri) if kind == "mlflow" else StoredRegistry(store)
    told = "the challenger is version 1, which the registry no longer has"
    assert (again.find(CHALLENGER), again.why_missing(CHALLENGER)) == (None, told)


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


def test_an_alias_that_nobody_has_is_not_to_be_had_by_promotion(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRAXI_STARTER_MODEL")
    with pytest.raises(ModelError, match=r"no version of the model is the challenger.*praxi models list"):
        resolve_for(store, f"{ALIASED}{CHALLENGER}")
    with pytest.raises(ModelError, match=r"the model has no version 9 .*praxi models list"):
        resolve_for(store, f"{ALIASED}9")
    with pytest.raises(ModelError, match=r"no version of the model is the champion.*promote one"):
        resolve_for(store, URI)


@pytest.mark.parametrize("uri", ["models:/praxi/3", "models:/praxi/Production", "models:/other@champion"])
def test_what_names_a_registered_model_in_another_way_is_told(store: Store, uri: str) -> None:
    with pytest.raises(ModelError, match="by alias only") as caught:
        resolve_model(uri, store.uri)
    assert URI in caught.value.action
