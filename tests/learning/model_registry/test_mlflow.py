"""The versions of the model: registered once, promoted in one move, rolled back."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import ModelError, RegistryDownError, UsageError
from praxi_tasks.learning.model_registry.connection import tracking_uri
from praxi_tasks.learning.model_registry.mlflow import CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.resolve import ResolvedModel, resolve_model
from praxi_tasks.learning.model_registry.version import ModelVersion


@pytest.fixture(scope="module")
def store_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (tmp_path_factory.mktemp("registry") / "store").as_uri()


@pytest.fixture(scope="module")
def registry(store_uri: str) -> ModelRegistry:
    return ModelRegistry(tracking_uri(store_uri))


Versions = list[ModelVersion]


def three(registry: ModelRegistry) -> Versions:
    return [registry.register(f"file:///models/{name}", name, {"praxi.origin": name}) for name in "abc"]


@pytest.fixture(scope="module")
def versions(registry: ModelRegistry) -> Versions:
    return three(registry)


def test_a_model_is_registered_once(registry: ModelRegistry, versions: Versions) -> None:
    again = registry.register("file:///models/b", "b", {})
    assert again.version == versions[1].version
    assert [version.origin for version in registry.versions()] == ["a", "b", "c"]


def test_a_champion_is_replaced_and_taken_back(tmp_path: Path) -> None:
    registry = ModelRegistry(tracking_uri(tmp_path.as_uri()))
    first, second, third = three(registry)
    for version in (first, second, third):
        registry.challenge(version)
        assert CHAMPION in registry.promote(version).aliases
        assert registry.get(CHAMPION).version == version.version == registry.get(CHALLENGER).version
    assert registry.roll_back().version == second.version
    assert registry.roll_back().version == first.version
    with pytest.raises(ModelError, match="replaced no other"):
        registry.roll_back()


def test_promoting_the_champion_changes_nothing(registry: ModelRegistry, versions: Versions) -> None:
    registry.promote(versions[2])
    before = registry.versions()
    registry.promote(registry.get(CHAMPION))
    assert registry.versions() == before


def test_an_unknown_version_is_told(registry: ModelRegistry, versions: Versions) -> None:
    with pytest.raises(ModelError, match="'99'"):
        registry.get("99")


def test_an_alias_leads_to_its_model(store_uri: str, registry: ModelRegistry, versions: Versions) -> None:
    registry.promote(versions[1])
    assert resolve_model("models:/praxi@champion", store_uri) == ResolvedModel("file:///models/b", "2")


def test_a_place_in_a_store_leads_to_itself(tmp_path: Path) -> None:
    assert resolve_model("file:///some/model", tmp_path.as_uri()) == ResolvedModel("file:///some/model")


def test_before_any_was_promoted_it_is_the_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_STARTER_MODEL", "file:///starter")
    assert resolve_model("models:/praxi@champion", tmp_path.as_uri()) == ResolvedModel("file:///starter")
    assert not (tmp_path / "mlflow").exists()
    assert resolve_model("models:/praxi@champion", "s3://bucket/x") == ResolvedModel("file:///starter")


def test_without_champion_and_starter_there_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRAXI_STARTER_MODEL", raising=False)
    with pytest.raises(ModelError, match="champion"):
        resolve_model("models:/praxi@champion", tmp_path.as_uri())


def test_a_store_that_is_not_local_needs_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRAXI_MLFLOW_URI", raising=False)
    with pytest.raises(UsageError, match="no model registry"):
        tracking_uri("s3://bucket/prefix")


def test_a_server_that_is_down_is_an_error_without_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(RegistryDownError) as caught:
        ModelRegistry("http://user:secret@127.0.0.1:9").versions()
    assert caught.value.retryable
    assert "secret" not in caught.value.where
