"""MLflow's registry: how an alias leads to a model, which registry a store has, and a server that is down."""

from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import ResolvedModel, resolve_model
from praxi_tasks.learning.model_registry.stored import StoredRegistry


def test_an_alias_leads_to_its_model(tmp_path: Path) -> None:
    registry = open_registry(tmp_path.as_uri())
    for name in "ab":
        version = registry.register(f"file:///models/{name}", name, {})
    registry.promote(version)
    assert resolve_model("models:/praxi@champion", tmp_path.as_uri()) == ResolvedModel(
        "file:///models/b", "2"
    )


def test_a_place_in_a_store_leads_to_itself(tmp_path: Path) -> None:
    assert resolve_model("file:///some/model", tmp_path.as_uri()) == ResolvedModel("file:///some/model")


def test_before_any_was_promoted_it_is_the_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_STARTER_MODEL", "file:///starter")
    assert resolve_model("models:/praxi@champion", tmp_path.as_uri()) == ResolvedModel("file:///starter")
    assert not (tmp_path / "mlflow").exists()


def test_without_champion_and_starter_there_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRAXI_STARTER_MODEL", raising=False)
    with pytest.raises(ModelError, match="champion"):
        resolve_model("models:/praxi@champion", tmp_path.as_uri())


def test_a_store_has_mlflow_where_one_is_named_or_can_be_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRAXI_MLFLOW_URI", raising=False)
    assert isinstance(open_registry(tmp_path.as_uri()), MlflowRegistry)
    stored = open_registry("s3://bucket/prefix")
    assert isinstance(stored, StoredRegistry)
    assert stored.uri == "s3://bucket/prefix/registry"
    monkeypatch.setenv("PRAXI_MLFLOW_URI", f"sqlite:///{tmp_path}/named.db")
    assert isinstance(open_registry("s3://bucket/prefix"), MlflowRegistry)


def test_a_server_that_is_down_is_an_error_without_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(RegistryDownError) as caught:
        MlflowRegistry("http://user:secret@127.0.0.1:9").versions()
    assert caught.value.retryable
    assert "secret" not in caught.value.where
