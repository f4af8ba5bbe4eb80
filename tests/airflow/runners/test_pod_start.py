"""Pulls that fail in the words of real nodes: which fail again, and which may pass in a minute."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from praxi_airflow.runners.pod_start import PodCannotStartError, diagnosis, start_check
from tests.airflow.runners.faults import pod, waiting

DOCKER = "rpc error: code = Unknown desc = Error response from daemon: "
CONTAINERD = (
    'rpc error: code = {} desc = failed to pull and unpack image "r.invalid/denied:1": '
    'failed to resolve reference "r.invalid/denied:1": '
)
UNKNOWN, NOT_FOUND = CONTAINERD.format("Unknown"), CONTAINERD.format("NotFound")
PASSING = (
    f'{DOCKER}Get "https://r.invalid/v2/": dial tcp: lookup r.invalid on 10.0.0.10:53: no such host',
    f"{DOCKER}received unexpected HTTP status: 503 Service Unavailable",
    f"{DOCKER}toomanyrequests: You have reached your pull rate limit.",
    f'{UNKNOWN}failed to do request: Head "https://r.invalid/v2/denied/manifests/1": dial tcp: i/o timeout',
    f'Back-off pulling image "r.invalid/denied:1": ErrImagePull: {UNKNOWN}unexpected status: 500',
    'Back-off pulling image "r.invalid/unauthorized:1"',
)
FINAL = (
    f"{DOCKER}manifest for r/x:1 not found: manifest unknown: manifest unknown",
    f"{DOCKER}pull access denied for r/x, repository does not exist or may require 'docker login'",
    f"{NOT_FOUND}r.invalid/denied:1: not found",
    f"{UNKNOWN}pull access denied, repository does not exist: insufficient_scope: authorization failed",
    f"{UNKNOWN}unexpected status from HEAD request to https://r.invalid/v2/: 401 Unauthorized",
    f'{UNKNOWN}Head "https://r": tls: x509: certificate signed by unknown authority',
    "reading manifest 1 in r/x: name unknown: repository not known",
)


def looked_at(found: Any) -> Any:
    """Let the callback look at a pod that a moment later runs; return what it takes for final."""
    seen = iter([found, pod("Running")])
    manager = SimpleNamespace(
        read_pod=lambda _: next(seen), read_pod_events=lambda _: SimpleNamespace(items=[])
    )
    operator: Any = SimpleNamespace(
        pod_manager=manager, startup_timeout_seconds=60, schedule_timeout_seconds=60
    )
    try:
        check: Any = start_check()
        check.on_pod_creation(pod=found, operator=operator)
    except PodCannotStartError:
        return diagnosis(operator)
    return None


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
@pytest.mark.parametrize("message", PASSING)
def test_a_registrys_bad_minute_is_waited_for(reason: str, message: str) -> None:
    assert looked_at(waiting(reason, message)) is None


@pytest.mark.parametrize("message", FINAL)
def test_a_pull_that_will_fail_again_is_told_at_once(message: str) -> None:
    found = looked_at(waiting("ErrImagePull", message))
    assert message in str(found)
    assert "POD_IMAGE or AIRFLOW__PRAXI__POD_PULL_SECRETS" in str(found)


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_an_image_that_is_never_pulled_is_told_at_once(reason: str) -> None:
    assert looked_at(waiting(reason, 'Container image "x" is not present')) is not None
