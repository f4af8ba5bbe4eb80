"""Which releases of a training must be built from source: what building is mapped over."""

from __future__ import annotations

import logging
from typing import Any, Final, TypeVar

import msgspec

from praxi_airflow.errors import airflow_failures
from praxi_airflow.hooks import connected_store
from praxi_airflow.run_key import run_key
from praxi_airflow.settings import load_settings
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_BUILDS: Final = 200
"""How many releases one training builds; the others are asked for again on another day."""


class _Collected(msgspec.Struct, frozen=True):
    """Of how the search for a release ended, what matters here."""

    package: NewPackage
    state: str


def releases_to_build(**context: Any) -> list[str]:
    """Return the releases that an index has as source only, as ``name==version``."""
    run = run_key(str(context["run_id"]))
    with airflow_failures():
        store = connected_store(load_settings())
        found = [
            f"{each.package.name}=={each.package.version}"
            for number in _read(store, run, "batches.json", list[int])
            for each in _read(store, run, f"batches/{number}.json", list[_Collected])
            if each.state == "source"
        ]
    if len(found) > MOST_BUILDS:
        logger.warning("%d releases are source only; building %d of them", len(found), MOST_BUILDS)
    return sorted(set(found))[:MOST_BUILDS]


def _read(store: Store, run: str, name: str, kind: type[list[T]]) -> list[T]:
    """Return a document of the run, or nothing where its task died before it wrote one."""
    try:
        return documents.read(store, keys.training_run(run, name), kind)
    except KeyNotFoundError:
        return []
