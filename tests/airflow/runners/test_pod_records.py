"""How a pod fared, from its status as the API server tells it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodNotFoundException
from airflow.sdk.exceptions import AirflowException

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.pod_records import end_of, record_pod, start_seconds
from praxi_airflow.settings import load_settings
from praxi_tasks.audit import PodEnd, PodRecord, read_pods
from praxi_tasks.store import open_store
from tests.airflow.conftest import Configure
from tests.airflow.runners.faults import disrupted, forbidden, pod, refusal, unscheduled, waiting

CREATED = "2026-03-01T10:00:00Z"
STARTED = "2026-03-01T10:00:07Z"
CONTEXT = {"ti": SimpleNamespace(task_id="fingerprint", map_index=3, try_number=2)}


def ended(why: str, code: int = 1, **status: Any) -> Any:
    state = {"terminated": {"exitCode": code, "reason": why, "startedAt": STARTED}}
    return with_state(state, **status)


def with_state(state: dict[str, Any], phase: str = "Failed", **status: Any) -> Any:
    base = {"image": "i", "imageID": "", "ready": False, "restartCount": 0}
    containers = [{**base, "name": "sidecar", "state": {}}, {**base, "name": "base", "state": state}]
    found = pod(phase, containerStatuses=containers, **status)
    found.metadata.creation_timestamp = datetime.fromisoformat(CREATED)
    return found


@pytest.mark.parametrize(
    ("found", "end"),
    [
        (ended("OOMKilled", 137), PodEnd.OUT_OF_MEMORY),
        (ended("Error"), PodEnd.FAILED),
        (ended("Error", 75), PodEnd.FAILED),
        (ended("Error", 143, reason="Evicted", message="memory"), PodEnd.LOST),
        (ended("Error", 137, reason="DeadlineExceeded"), PodEnd.LOST),
        (disrupted("EvictionByEvictionAPI"), PodEnd.LOST),
        (with_state({"running": {"startedAt": STARTED}}, "Running"), PodEnd.LOST),
        (unscheduled("0/3 nodes are available"), PodEnd.NOT_STARTED),
        (waiting("ImagePullBackOff", "no such host"), PodEnd.NOT_STARTED),
        (None, PodEnd.NOT_STARTED),
    ],
)
def test_how_a_pod_ended(found: Any, end: PodEnd) -> None:
    assert end_of(found) is end


def test_a_pod_that_is_gone_is_lost_whatever_was_seen_of_it() -> None:
    for found in (pod("Pending"), with_state({"running": {"startedAt": STARTED}}, "Running")):
        assert end_of(found, is_gone=True) is PodEnd.LOST
    assert end_of(ended("OOMKilled", 137), is_gone=True) is PodEnd.OUT_OF_MEMORY


def covered(error: Exception) -> Exception:
    """Return the error that Airflow's operator raises where it cleans up after another."""
    above = AirflowException("Pod p returned a failure.")
    above.__context__ = error
    return above


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (covered(refusal(404, 'pods "p" not found', reason="NotFound")), PodEnd.LOST),
        (covered(forbidden("exceeded quota")), PodEnd.NOT_STARTED),
        (PodNotFoundException("gone"), PodEnd.LOST),
        (refusal(404, 'pods "p" not found', reason="NotFound"), PodEnd.LOST),
        (refusal(404, 'namespaces "praxi" not found', "namespaces", reason="NotFound"), PodEnd.NOT_STARTED),
        (forbidden("exceeded quota"), PodEnd.NOT_STARTED),
    ],
)
def test_what_the_operator_raised_tells_a_lost_pod_from_one_that_never_was(
    error: Exception, end: PodEnd, configure: Configure, store_folder: Path
) -> None:
    operator: Any = SimpleNamespace(last_seen=pod("Pending"))
    record_pod(load_settings(), Command(arguments=("plan",), run="r"), CONTEXT, operator, error)
    assert read_pods(open_store(load_settings().store), "r") == [PodRecord("plan", end)]


def test_how_long_a_pod_took_to_start() -> None:
    assert start_seconds(ended("Completed", 0)) == 7.0
    assert start_seconds(with_state({"running": {"startedAt": STARTED}}, "Running")) == 7.0
    assert start_seconds(waiting("ImagePullBackOff", "no such host")) is None
    assert start_seconds(None) is None


@pytest.mark.parametrize(
    ("arguments", "noted"), [(("fingerprint",), True), (("learn", "train"), False), (("build", "x"), False)]
)
def test_an_audits_pods_are_noted_and_no_others(
    arguments: tuple[str, ...], noted: bool, configure: Configure, store_folder: Path
) -> None:
    settings = load_settings()
    operator: Any = SimpleNamespace(last_seen=ended("Completed", 0))
    command = Command(arguments=arguments, run="r", isolated=arguments[0] == "build")
    record_pod(settings, command, CONTEXT, operator)
    record = PodRecord("fingerprint", PodEnd.DONE, 7.0)
    assert read_pods(open_store(settings.store), "r") == ([record] if noted else [])


def test_a_store_that_takes_no_note_costs_the_task_nothing(
    configure: Configure, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    configure(store=(tmp_path / "file").as_uri())
    operator: Any = SimpleNamespace(last_seen=ended("Completed", 0))
    record_pod(load_settings(), Command(arguments=("plan",), run="r"), CONTEXT, operator)
    assert "lacks in the metrics" in caplog.text
