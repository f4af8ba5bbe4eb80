"""A real Prometheus remembers what was written for it, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from demo.history import Deployment, openmetrics
from tests.support.prometheus import prometheus

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NASTY = 'a"b\\c\nd{}=,é#'


def ask(url: str, query: str, moment: datetime) -> list[dict[str, Any]]:
    answer = requests.get(
        f"{url}/api/v1/query", params={"query": query, "time": moment.isoformat()}, timeout=30
    ).json()
    assert answer["status"] == "success", answer
    result: list[dict[str, Any]] = answer["data"]["result"]
    return result


def deployment(image: str, start: int, end: int, **more: Any) -> Deployment:
    first, last = DAY + timedelta(hours=start), DAY + timedelta(hours=end)
    return Deployment(image=image, pod=image.partition(":")[0], start=first, end=last, **more)


@pytest.mark.server
def test_each_container_is_known_from_its_start_to_its_end(tmp_path: Path) -> None:
    history = [deployment("old:1", 0, 30), deployment("new:1", 30, 72), deployment("short:1", 5, 5)]
    with prometheus(tmp_path, history) as server:
        query = "kube_pod_container_info"
        at = {
            hour: {row["metric"]["image"] for row in ask(server.url, query, DAY + timedelta(hours=hour))}
            for hour in (-1, 1, 5, 29, 31, 71, 73)
        }
        day = ask(server.url, f"count_over_time({query}[1d])", DAY + timedelta(hours=23, minutes=59))
    assert at == {
        -1: set(),
        1: {"old:1"},
        5: {"old:1", "short:1"},
        29: {"old:1"},
        31: {"new:1"},
        71: {"new:1"},
        73: set(),
    }
    assert {row["metric"]["image"]: row["value"][1] for row in day} == {"old:1": "720", "short:1": "1"}


@pytest.mark.server
def test_init_and_waiting_containers_have_their_own_series(tmp_path: Path) -> None:
    history = [deployment("init:1", 0, 1, init=True), deployment("stuck:1", 0, 1, running=False)]
    noon = DAY + timedelta(minutes=30)
    with prometheus(tmp_path, history) as server:
        init = ask(server.url, "kube_pod_init_container_info", noon)
        runs = ask(server.url, "kube_pod_container_status_running", noon)
    assert [row["metric"]["image"] for row in init] == ["init:1"]
    assert [(row["metric"]["pod"], row["value"][1]) for row in runs] == [("stuck", "0")]


@pytest.mark.server
def test_labels_survive_whatever_they_hold(tmp_path: Path) -> None:
    with prometheus(tmp_path, [deployment("web:1", 0, 1, image_id=NASTY, container=NASTY)]) as server:
        (row,) = ask(server.url, "kube_pod_container_info", DAY + timedelta(minutes=30))
    assert row["metric"]["image_id"] == row["metric"]["container"] == NASTY


@pytest.mark.server
def test_a_prometheus_without_a_past_knows_nothing(tmp_path: Path) -> None:
    with prometheus(tmp_path) as server:
        assert ask(server.url, "kube_pod_container_info", DAY) == []


@given(label=st.text(st.characters(codec="utf-8")), minutes=st.integers(0, 600))
def test_every_sample_is_one_line(label: str, minutes: int) -> None:
    pod = Deployment(image=label, start=DAY, end=DAY + timedelta(minutes=minutes))
    lines = "\n".join(openmetrics([pod])).split("\n")
    samples = [line for line in lines if not line.startswith("#")]
    assert lines[-1] == "# EOF"
    assert len(samples) == 2 * max(1, (minutes + 1) // 2)
    assert all(line.startswith("kube_pod_container_") for line in samples)
