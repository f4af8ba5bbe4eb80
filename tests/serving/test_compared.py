"""What replicas have stored of experiments, read together."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.serving.compared import Comparison, Example, Pair, VersionRecord, read_comparisons
from praxi_tasks.store import Store, documents, keys, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def put(store: Store, experiment: str, replica: str, layers: int) -> None:
    pair = Pair("2", "3", layers, layers - 1, [Example("sha256:1", ("a",), ())])
    record = VersionRecord(
        "2", layers=layers, named=2 * layers, confidence=1.8 * layers, claimed=4, confirmed=3
    )
    documents.write(
        store,
        keys.serving_comparison(experiment, replica),
        Comparison(experiment, {"2": record}, {"2/3": pair}),
    )


def test_replicas_of_an_experiment_are_summed_up(store: Store) -> None:
    put(store, "a b/c", "one", 10)
    put(store, "a b/c", "two", 30)
    put(store, "other", "one", 1)
    first, second = read_comparisons(store)
    assert (first.experiment, second.experiment) == ("a b/c", "other")
    assert (first.versions["2"].layers, first.versions["2"].confirmed) == (40, 6)
    assert msgspec.json.encode(first.document()).count(b'"mean_confidence":0.9') == 1
    pair = first.pairs["2/3"]
    assert (pair.compared, pair.agreement, len(pair.examples)) == (40, 0.95, 1)


def test_a_damaged_document_hides_no_other_and_is_named(store: Store) -> None:
    put(store, "a", "one", 10)
    store.put(keys.serving_comparison("a", "two"), b"{")
    store.put(keys.serving_comparison("b", "one"), b"{")
    first, second = read_comparisons(store)
    assert (first.versions["2"].layers, first.unreadable) == (10, ("two.json",))
    assert (second.experiment, second.versions, second.unreadable) == ("b", {}, ("one.json",))


def test_without_any_there_is_nothing(store: Store) -> None:
    assert read_comparisons(store) == []
