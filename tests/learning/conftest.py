"""Trainings over a small store, without Airflow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from praxi_tasks.fingerprint import Tagset
from praxi_tasks.inventory import Claim, Inventory
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import NewPackage, TrainingRequest
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.store import Store, documents, keys, open_store
from tests.support import world
from tests.support.stored import as_stored

SITE = "usr/local/lib/python3.11/site-packages"


@pytest.fixture(autouse=True)
def no_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read releases from layers only, unless a test says otherwise."""
    monkeypatch.setenv("PRAXI_LEARN_SOURCES", "layer")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def starter(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the small world's model and name it as the one in use before any was promoted."""
    uri = (tmp_path_factory.mktemp("starter") / "model").as_uri()
    world.model().save(uri)
    monkeypatch.setenv("PRAXI_STARTER_MODEL", uri)
    return uri


def installed(name: str, version: str = "1.0", files: int = 8, body: str = "") -> dict[str, bytes]:
    """Return the files of a made-up Python package, by path."""
    return {f"{SITE}/{name}/part{n}.py": f"{body or name} {version} {n}".encode() for n in range(files)}


def put_layer(store: Store, number: int, contents: dict[str, bytes], claims: Sequence[Claim]) -> str:
    """Store the fingerprint of a layer as an audit leaves it, and return its digest."""
    from xxhash import xxh3_64_intdigest

    digest = f"sha256:{number:064x}"
    hashes = np.array([xxh3_64_intdigest(data) for data in contents.values()], np.uint64)
    sizes = np.array([len(data) for data in contents.values()], np.uint64)
    tagset: Tagset = world.layer(
        Files(list(contents), sizes, hashes, np.ones(len(contents), np.bool_)), digest=digest
    )
    store.put(keys.layer_inventory(digest), Inventory(digest, tuple(claims)).to_bytes())
    store.put(keys.layer_tagset(digest), tagset.to_bytes())
    return digest


def claim(name: str, version: str, files: Sequence[str]) -> Claim:
    database = f"{SITE}/{name}-{version}.dist-info/METADATA"
    return Claim("pypi", name, version, database, files=tuple(files))


def put_package(store: Store, number: int, name: str, version: str = "1.0", body: str = "") -> NewPackage:
    """Store a layer with one package and return it as an audit names it."""
    contents = installed(name, version, body=body)
    digest = put_layer(store, number, contents, [claim(name, version, list(contents))])
    return NewPackage(f"pkg:pypi/{name}@{version}", "pypi", name, version, (digest,))


def ask(store: Store, request: str, *packages: NewPackage) -> None:
    documents.write(store, keys.training_request(request), TrainingRequest(request, packages))


def train(store: Store, run_id: str, until: str = "report", settings: str = "{}") -> TrainingRun:
    """Run the steps of a training in the Dag's order, up to one of them."""
    from praxi_tasks.learning.run.finish import close_training
    from praxi_tasks.learning.run.plan import read_settings

    run = TrainingRun(store, run_id)
    plan = run.plan("models:/praxi@champion", read_settings(settings))
    for number in range(plan.batches):
        run.fingerprint(number)
    for step in ("train", "evaluate", "gate", "promote"):
        if until == step:
            return run
        getattr(run, step)()
    if until == "report":
        close_training(store, run_id)
    return run


def stored_world(store: Store) -> None:
    """Store the small world's releases, as earlier trainings left them."""
    for release in world.releases():
        ReleaseStore(store).add(as_stored(release))
