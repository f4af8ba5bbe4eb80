from __future__ import annotations

from pathlib import Path

import msgspec

from praxi_airflow.tasks.source_builds import MOST_BUILDS, releases_to_build
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.collector import Collected
from praxi_tasks.store import Store, documents, keys, open_store


def collected(store: Store, batch: int, state: str, *labels: str) -> None:
    found = [
        msgspec.structs.replace(Collected(parse_label(label), "failed"), state=state) for label in labels
    ]
    documents.write(store, keys.training_run("run", f"batches/{batch}.json"), found)


def test_what_is_source_only_is_built(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    documents.write(store, keys.training_run("run", "batches.json"), [0, 1, 2])
    collected(store, 0, "source", "zoo==1.0", "bank==2.0+local.1")
    collected(store, 1, "stored", "shop==1.0")  # batch 2 died
    assert releases_to_build(run_id="run") == ["bank==2.0+local.1", "zoo==1.0"]


def test_a_run_whose_first_task_failed_builds_nothing(store_folder: Path) -> None:
    assert releases_to_build(run_id="run") == []


def test_a_training_builds_only_so_many(store_folder: Path) -> None:
    store = open_store(store_folder.as_uri())
    documents.write(store, keys.training_run("run", "batches.json"), [0])
    collected(store, 0, "source", *(f"zoo==1.{number}" for number in range(MOST_BUILDS + 5)))
    assert len(releases_to_build(run_id="run")) == MOST_BUILDS
