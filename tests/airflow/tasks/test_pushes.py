"""What the tasks of a push do with what started them, on a real store."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from praxi_airflow.assets import PUSHES
from praxi_airflow.tasks import gather_pushes, take_pushes
from praxi_tasks.events import window_end
from tests.airflow.conftest import Configure
from tests.events import bodies


@pytest.fixture(autouse=True)
def settings(store_folder: Path, configure: Configure) -> None:
    configure(event_registries="registry.example:5000, harbor.example/shop", event_window="1")


def started_by(*extras: dict[str, Any]) -> dict[str, Any]:
    """Return the context of a run that events of these extras started."""
    return {"triggering_asset_events": {PUSHES: [SimpleNamespace(extra=extra) for extra in extras]}}


def ended(window: str) -> dict[str, Any]:
    """Poke once, which lasts until the window is over, and return what the sensor says."""
    poked = gather_pushes(window)
    assert poked.is_done, "Airflow would look again, and may take the task for killed"
    assert datetime.now(UTC) >= window_end(window)
    return dict(poked.xcom_value or {})


def test_all_events_of_a_run_become_one_audit_of_their_images() -> None:
    queued = {"from_trigger": True, "payload": {"type": "message", "data": json.dumps(bodies.harbor())}}
    posted = {"payload": {"events": [bodies.distribution_event(), bodies.distribution_event(action="pull")]}}
    windows = take_pushes(**started_by(queued, posted))
    found = [ended(window) for window in windows]
    images = sorted(image for each in found for image in each["conf"]["images"])
    assert images == [
        f"harbor.example/shop/web:2.0@{bodies.digest('b')}",
        f"registry.example:5000/shop/web:1.4@{bodies.digest('a')}",
    ]
    assert [each["trigger_run_id"] for each in found] == [f"push__{window}" for window in windows]


def test_a_run_that_tells_nothing_new_audits_nothing() -> None:
    event = {"payload": bodies.harbor()}
    assert take_pushes(**started_by(event))
    assert take_pushes(**started_by(event)) == []


def test_what_can_t_be_read_or_is_of_another_registry_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        extras: list[dict[str, Any]] = [
            {"payload": "nonsense\x1b"},
            {"payload": bodies.quay("1")},
            {},
            {"payload": None},
        ]
        assert take_pushes(**started_by(*extras)) == []
    assert "foreign=1" in caplog.text
    assert "'malformed': 3" in caplog.text
    assert "\x1b" not in caplog.text


def test_who_finds_no_place_is_told_of(caplog: pytest.LogCaptureFixture, configure: Configure) -> None:
    configure(event_limit="1")
    events = [bodies.distribution_event(of) for of in "abc"]
    windows = take_pushes(**started_by({"payload": {"events": events}}))
    assert len(windows) == 2
    assert "1 images found no place" in caplog.text
    assert not gather_pushes(windows[1]).is_done, "the next hour has not come"


def test_a_run_without_events_takes_nothing() -> None:
    assert take_pushes(triggering_asset_events=None) == []
