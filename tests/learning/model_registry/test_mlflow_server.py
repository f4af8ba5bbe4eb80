"""Trainings whose record and registry are a real MLflow server, which is killed where it hurts most."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.errors import ModelError, RegistryDownError
from praxi_tasks.learning.model_registry.base import CHALLENGER, CHAMPION
from praxi_tasks.learning.model_registry.mlflow import LOGGED_MODEL, MlflowRegistry
from praxi_tasks.learning.model_registry.opening import light_registry
from praxi_tasks.learning.model_registry.resolve import resolve_model
from praxi_tasks.learning.run.plan import TrainingSettings
from praxi_tasks.learning.run.tracking import Tracker
from praxi_tasks.store import Store
from tests.learning.conftest import ask, put_package, train
from tests.support.mlflow import MlflowServer

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.usefixtures("starter")]
CHAMPION_URI = "models:/praxi@champion"


@pytest.fixture
def registry(mlflow_server: MlflowServer, monkeypatch: pytest.MonkeyPatch) -> MlflowRegistry:
    """Return the server's registry, without any model in it."""
    monkeypatch.setenv("PRAXI_MLFLOW_URI", mlflow_server.url)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    registry = MlflowRegistry(mlflow_server.url)
    if registry.client.search_registered_models():  # also one whose versions were all deleted: it counts on
        registry.client.delete_registered_model("praxi")
    return registry


def test_a_training_is_recorded_with_its_model_and_promoted(
    store: Store, registry: MlflowRegistry, tmp_path: Path
) -> None:
    ask(store, "audit", put_package(store, 1, "newlib"))
    train(store, "recorded")
    champion = registry.get(CHAMPION)
    assert champion.aliases == (CHALLENGER, CHAMPION)
    assert resolve_model(CHAMPION_URI, store.uri).uri == champion.uri

    run = registry.client.get_run(champion.run)
    assert run.info.status == "FINISHED"
    assert run.data.params["routing"] == "default"
    assert run.data.metrics["learned"] == 1
    assert run.data.metrics["challenger_new.f1.pypi"] == pytest.approx(1)
    curve = registry.client.get_metric_history(champion.run, "reliability")
    assert all(0 <= point.step <= 100 and 0 <= point.value <= 1 for point in curve)
    assert curve

    place = registry.client.download_artifacts(champion.run, "", str(tmp_path))
    learned = msgspec.json.decode((Path(place) / "learned.json").read_bytes())
    assert learned == {"learned": [["pypi", "newlib", "1.0"]]}
    assert "<figure" in (Path(place) / "report.html").read_text()
    logged = Model.load((Path(place) / "model").as_uri())
    assert logged.id == champion.model
    assert logged.knows("pypi", "newlib", "1.0")


def test_of_a_version_that_goes_the_rest_of_its_run_stays(registry: MlflowRegistry, tmp_path: Path) -> None:
    Model().save((tmp_path / "model").as_uri())
    run = Tracker(registry, "forgotten").start(TrainingSettings())
    registry.client.log_artifacts(run, str(tmp_path / "model"), LOGGED_MODEL)
    registry.client.log_text(run, "a page", "report.html")
    version = registry.register("s3://bucket/models/some", "some", {}, run)
    registry.delete(version)
    assert registry.versions() == []
    assert [file.path for file in registry.client.list_artifacts(run)] == ["report.html"]


def test_what_the_server_refuses_is_no_outage(registry: MlflowRegistry) -> None:
    with pytest.raises(ModelError, match="refuses") as caught:
        registry.register("s3://bucket/../elsewhere", "escaped", {})
    assert not caught.value.retryable


def test_a_server_that_dies_while_it_is_asked_to_switch_leaves_the_champion_whole(
    store: Store, registry: MlflowRegistry, mlflow_server: MlflowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store, "audit", put_package(store, 1, "newlib"))
    run = train(store, "killed", until="promote")
    switch = type(registry.client).set_registered_model_alias

    def die(*arguments: Any) -> None:
        mlflow_server.kill()
        switch(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(type(registry.client), "set_registered_model_alias", die)
        with pytest.raises(RegistryDownError, match="champion is unchanged") as caught:
            run.promote()
    assert caught.value.retryable
    assert not store.exists(run.key("promotion.json"))
    with pytest.raises(RegistryDownError):
        resolve_model(CHAMPION_URI, store.uri)

    mlflow_server.restart()
    assert registry.get(CHAMPION).origin == "starter"
    assert run.promote().promoted
    assert registry.get(CHAMPION).origin == "killed"
    assert registry.roll_back().origin == "starter"


def test_the_rest_api_alone_reads_promotes_and_takes_back(
    store: Store, registry: MlflowRegistry, mlflow_server: MlflowServer
) -> None:
    light = light_registry(store, mlflow_server.url)
    assert light is not None
    assert light.versions() == []
    for name in "abc":
        registry.register(f"file:///models/{name}", name, {"praxi.origin": name})
    for number in ("1", "3"):
        light.annotate(light.get(number), "ann", "better", "")
        assert CHAMPION in light.promote(light.get(number)).aliases
    assert light.versions() == registry.versions()
    champion = registry.get(CHAMPION)
    assert (champion.version, champion.replaced, champion.tags["praxi.note"]) == ("3", "1", "better")
    assert light.roll_back().version == "1" == registry.get(CHAMPION).version
    with pytest.raises(ModelError, match="replaced no other"):
        light.roll_back()
