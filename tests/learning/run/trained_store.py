"""What a store knows after trainings: its champion, and what that names in a layer."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.model_registry.base import CHAMPION
from praxi_tasks.learning.model_registry.opening import open_registry
from praxi_tasks.learning.model_registry.resolve import resolve_model
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.store import Store
from tests.learning.conftest import installed
from tests.support import world

CHAMPION_URI = "models:/praxi@champion"


def champion(store: Store) -> str:
    found = open_registry(store.uri).find(CHAMPION)
    return found.version if found else ""


def model(store: Store) -> Model:
    return Model.load(resolve_model(CHAMPION_URI, store.uri).uri)


def layer(name: str, body: str = "") -> Tagset:
    from xxhash import xxh3_64_intdigest

    contents = installed(name, body=body)
    hashes = np.array([xxh3_64_intdigest(data) for data in contents.values()], np.uint64)
    sizes = np.array([len(data) for data in contents.values()], np.uint64)
    return world.layer(Files(list(contents), sizes, hashes, np.ones(len(contents), np.bool_)))


def named(store: Store, tagset: Tagset) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.versions) for one in model(store).predict(tagset).releases]
