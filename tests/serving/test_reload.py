"""A new champion, and experiments, while requests come in: none of them is lost."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from praxi_tasks.discovery import Model
from praxi_tasks.learning.model_registry import ModelRegistry, open_registry
from praxi_tasks.learning.training import learn_files
from tests.serving.running import Service, serving
from tests.support.packages import BELL, SHOP, SITE, Package
from tests.support.s3 import ObjectStore

pytestmark = [pytest.mark.server, pytest.mark.slow]

PATIENCE = 120.0  # seconds


class Served(NamedTuple):
    """A service whose champion is version 1, and its registry."""

    service: Service
    registry: ModelRegistry
    experiment: Path


@pytest.fixture(scope="module")
def reloading(
    object_store: ObjectStore, model_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("reload")
    lines = folder / "releases.jsonl"
    lines.write_text("\n".join(package.line() for package in (SHOP, BELL)))
    second = (folder / "second").as_uri()
    learn_files([lines]).model.save(second)
    experiment = folder / "experiment.yaml"
    experiment.write_text("{}")
    bucket = object_store.create_bucket("serving")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in object_store.environment.items():
            patch.setenv(name, value)
        registry = open_registry(bucket)
        for uri in (model_uri, second):
            registry.register(uri, Model.load(uri).id, {})
        registry.promote(registry.get("1"))
        options = ("--experiment", str(experiment))
        with serving(folder, "models:/praxi@champion", bucket, *options) as service:
            yield Served(service, registry, experiment)


@pytest.fixture
def served(reloading: Served) -> Served:
    """The service without an experiment, whatever the test before left."""
    reloading.experiment.write_text("{}")
    until(reloading.service, lambda found: found["versions"] == {"champion": "1"})
    return reloading


def asking(package: Package, digest: str = "") -> dict[str, Any]:
    paths = [f"{SITE}/{path}" for path in package.files]
    inputs = [{"name": "paths", "datatype": "BYTES", "shape": [len(paths)], "data": paths}]
    if digest:
        inputs.append({"name": "digests", "datatype": "BYTES", "shape": [1], "data": [digest]})
    return {"inputs": inputs, "outputs": [{"name": "labels"}]}


def version_of(service: Service, document: dict[str, Any]) -> str:
    answer = service.ask("/v2/models/praxi-layers/infer", document)
    assert answer.status == 200, answer.body
    return str(answer.document["model_version"])


@contextmanager
def under_load(service: Service, document: dict[str, Any]) -> Iterator[Counter[str]]:
    """Ask without pause in four threads; count versions, and anything that is no answer, when it is over."""
    counted: Counter[str] = Counter()
    over = threading.Event()

    def ask() -> Counter[str]:
        found: Counter[str] = Counter()
        while not over.is_set():
            answer = service.ask("/v2/models/praxi-layers/infer", document)
            found[answer.document.get("model_version", f"{answer.status} {answer.body!r}")] += 1
        return found

    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(ask) for _ in range(4)]
        try:
            yield counted
        finally:
            over.set()
        for each in asked:
            counted.update(each.result())


def until(service: Service, condition: Any) -> None:
    """Wait until the service's experiment is as it should be."""
    end, found = time.monotonic() + PATIENCE, threading.Event()
    while not condition(state := service.ask("/v1/experiment").document):
        assert time.monotonic() < end, state
        found.wait(0.05)


def test_a_new_champion_takes_over_and_no_request_is_lost(served: Served) -> None:
    service, registry, _ = served
    assert version_of(service, asking(BELL)) == "1"
    with under_load(service, asking(SHOP)) as counted:
        registry.promote(registry.get("2"))
        until(service, lambda found: found["versions"] == {"champion": "2"})
        assert version_of(service, asking(BELL)) == "2"
    assert set(counted) == {"1", "2"}
    answer = service.ask("/v2/models/praxi-layers/infer", asking(BELL)).document
    assert answer["outputs"][0]["data"] == ["pypi/bellringer"]
    registry.promote(registry.get("1"))
    until(service, lambda found: found["versions"] == {"champion": "1"})


def test_traffic_is_split_by_digest_and_a_shadow_answers_nobody(served: Served) -> None:
    service, _, experiment = served
    experiment.write_text(json.dumps({"name": "half", "weights": {"1": 50, "2": 50}}))
    until(service, lambda found: found["name"] == "half")
    digests = [f"sha256:{number:064x}" for number in range(40)]
    first = {digest: version_of(service, asking(SHOP, digest)) for digest in digests}
    assert set(first.values()) == {"1", "2"}
    assert first == {digest: version_of(service, asking(SHOP, digest)) for digest in digests}
    experiment.write_text(json.dumps({"name": "shadowed", "weights": {"1": 100}, "shadow": ["2"]}))
    until(service, lambda found: found["name"] == "shadowed")
    assert {version_of(service, asking(BELL, digest)) for digest in digests} == {"1"}
    until(service, lambda _: compared(service)["pairs"])
    (pair,) = compared(service)["pairs"]
    assert (pair["version"], pair["shadow"]) == ("1", "2")
    until(service, lambda _: compared(service)["pairs"][0]["compared"] == len(digests))
    (pair,) = compared(service)["pairs"]
    assert (pair["agreed"], pair["examples"][0]["only_shadow"]) == (0, ["pypi/bellringer"])
    assert 0 < len(pair["examples"]) <= 20


def compared(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.ask("/v1/experiment/comparison").document
    return found


def test_a_wrong_experiment_changes_nothing(served: Served) -> None:
    service, _, experiment = served
    before = service.ask("/v1/experiment").document
    for wrong in ("weights: {1: 90, 2: 20}", "weights: {1: 50, 77: 50}"):
        failures = _failures(service)
        experiment.write_text(wrong)
        until(service, lambda _, since=failures: _failures(service) > since)
        assert service.ask("/v1/experiment").document == before
    assert version_of(service, asking(SHOP)) == "1"


def _failures(service: Service) -> float:
    lines = service.ask("/metrics").body.decode().splitlines()
    (line,) = [line for line in lines if line.startswith("praxi_serve_reload_failures_total")]
    return float(line.rpartition(" ")[2])
