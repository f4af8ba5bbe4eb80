"""How pods fared is noted once for each try, and counted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from praxi_tasks.audit.pods import PodEnd, PodRecord, add_pod_metrics, note_pod, read_pods
from praxi_tasks.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def metrics(*pods: PodRecord) -> CollectorRegistry:
    registry = CollectorRegistry()
    add_pod_metrics(registry, pods)
    return registry


def test_each_try_counts_once_and_runs_are_told_apart(store: Store) -> None:
    lost = PodRecord("fingerprint", PodEnd.LOST, 2.0)
    done = PodRecord("fingerprint", PodEnd.DONE, 4.0)
    note_pod(store, "r", "fingerprint-0-1", lost)
    note_pod(store, "r", "fingerprint-0-2", done)
    note_pod(store, "r", "fingerprint-0-2", done)  # what is told twice is one
    note_pod(store, "r2", "plan-../-1-1", PodRecord("plan", PodEnd.NOT_STARTED))
    assert read_pods(store, "r") == [lost, done]
    assert read_pods(store, "r2") == [PodRecord("plan", PodEnd.NOT_STARTED)]
    assert read_pods(store, "none") == []


def test_every_end_of_every_command_is_there(store: Store) -> None:
    found = metrics(PodRecord("plan", PodEnd.DONE, 1.0), PodRecord("plan", PodEnd.DONE, 3.0))
    values = {
        (sample.labels["command"], sample.labels["end"]): sample.value
        for family in found.collect()
        for sample in family.samples
        if sample.name == "praxi_pods"
    }
    assert values.pop(("plan", "done")) == 2
    assert len(values) == 4 * len(PodEnd) - 1
    assert set(values.values()) == {0}


@pytest.mark.parametrize(
    ("waits", "median", "longest"),
    [([], math.nan, math.nan), ([5.0], 5.0, 5.0), ([9.0, 1.0], 1.0, 9.0), ([3.0, None, 1.0, 2.0], 2.0, 3.0)],
)
def test_how_long_starts_took(waits: list[float | None], median: float, longest: float) -> None:
    found = metrics(*(PodRecord("plan", PodEnd.DONE, wait) for wait in waits))
    asked = [found.get_sample_value("praxi_pod_start_seconds", {"quantile": q}) for q in ("0.5", "1")]
    assert asked == pytest.approx([median, longest], nan_ok=True)
