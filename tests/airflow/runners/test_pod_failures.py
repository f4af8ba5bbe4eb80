from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException
from urllib3.exceptions import MaxRetryError

from praxi_airflow.errors import RetryableTaskError, SettingsError
from praxi_airflow.runners.command import Command
from praxi_airflow.runners.pod import PodRunner
from praxi_airflow.runners.pod_ends import explain_memory
from praxi_airflow.runners.pod_failures import explain_failure
from praxi_airflow.settings import load_settings
from tests.airflow.conftest import Configure
from tests.airflow.runners.faults import (
    FAULTS,
    Fault,
    OutOfMemory,
    disrupted,
    forbidden,
    no_right,
    pod,
    refusal,
    table,
    waiting,
)
from tests.conftest import ROOT


@pytest.fixture
def operator(configure: Configure, store_folder: Path) -> Any:
    configure(runner="pod", pod_image="praxi")
    runner = PodRunner(load_settings(), BaseOperator(task_id="plan"))
    return runner.operator_for(Command(arguments=("plan",), run="r"))


@pytest.mark.parametrize(
    ("message", "setting"),
    [
        ('error looking up service account p/x: serviceaccount "x" not found', "POD_BUILD_SERVICE_ACCOUNT"),
        ('pod rejected: RuntimeClass "x" not found', "POD_BUILD_RUNTIME_CLASS"),
    ],
)
def test_a_build_has_settings_of_its_own(
    configure: Configure, store_folder: Path, message: str, setting: str
) -> None:
    configure(runner="pod", pod_image="praxi")
    runner = PodRunner(load_settings(), BaseOperator(task_id="build_release"))
    operator = runner.operator_for(Command(arguments=("build",), run="r", isolated=True))
    problem = explain_failure(forbidden(message), operator)
    assert isinstance(problem, SettingsError)
    assert f"AIRFLOW__PRAXI__{setting} " in problem.action


@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if not isinstance(fault.said, OutOfMemory)],
    ids=lambda fault: fault.name,
)
def test_the_last_line_says_what_is_wrong_and_which_setting_helps(fault: Fault, operator: Any) -> None:
    if isinstance(fault.said, ApiException):
        found = explain_failure(fault.said, operator)
    else:
        operator.last_seen = fault.said
        found = explain_failure(AirflowException("Pod praxi-plan-x returned a failure."), operator, 600)
    assert str(found) == fault.whole
    assert isinstance(found, RetryableTaskError if fault.retried else SettingsError)
    assert (f"AIRFLOW__PRAXI__{fault.setting}" if fault.setting else "") in str(found)
    assert "POD_SERVICE_ACCOUNT" not in str(found) or fault.setting == "POD_SERVICE_ACCOUNT"
    assert "a-header" not in str(found)
    assert "in the log above" not in str(found)


def test_who_ran_out_of_memory_learns_the_limit_and_the_setting_that_helps() -> None:
    for fault in FAULTS:
        if isinstance(fault.said, OutOfMemory):
            assert f"the limit of {fault.said.limit >> 20} Mi" in fault.whole
            assert f"AIRFLOW__PRAXI__{fault.setting}" in fault.whole
    assert explain_memory("build", 1 << 30, None).endswith("AIRFLOW__PRAXI__POD_RESOURCES sets it")


def test_the_docs_have_the_table_of_faults() -> None:
    assert table() in (ROOT / "docs/kubernetes.md").read_text()


def test_a_missing_right_is_named_and_no_service_account_of_the_pod(operator: Any) -> None:
    found = explain_failure(no_right("create", "pods", "elsewhere"), operator)
    assert "may not create pods in the namespace praxi" in str(found)
    assert "charts/praxi" in str(found)


@pytest.mark.parametrize(
    "error",
    [
        refusal(404, 'pods "praxi-plan-x" not found'),
        forbidden("exceeded quota: compute, requested: pods=1, used: pods=9, limited: pods=9"),
        forbidden("exceeded quota: compute"),
        refusal(429, "too many requests"),
        refusal(500, "etcd leader changed"),
        ApiException(status=503, reason="Service Unavailable"),
        AirflowException("Pod praxi-plan-x returned a failure."),
    ],
)
def test_what_may_pass_is_a_retry(operator: Any, error: Exception) -> None:
    assert isinstance(explain_failure(error, operator), RetryableTaskError)


def test_what_ended_a_pod_is_said_whatever_was_refused_after_it(operator: Any) -> None:
    gone = refusal(400, 'container "base" in pod "praxi-plan-x" is waiting to start', reason="BadRequest")
    operator.last_seen = disrupted("EvictionByEvictionAPI")
    assert "its node was drained" in str(explain_failure(gone, operator))
    operator.last_seen = pod("Running")
    assert isinstance(explain_failure(gone, operator), RetryableTaskError)


def test_a_pod_that_is_gone_is_said_to_be_under_any_error(operator: Any) -> None:
    error = AirflowException("Pod praxi-plan-x returned a failure.")
    error.__context__ = refusal(404, 'pods "praxi-plan-x" not found')
    operator.last_seen = pod("Running")
    assert "its node was drained or is lost" in str(explain_failure(error, operator))


def test_a_pod_that_was_gone_before_it_was_cleaned_up_is_said_to_be(operator: Any) -> None:
    def read_pod(_: Any) -> Any:
        raise refusal(404, 'pods "p" not found')

    operator.__dict__["pod_manager"] = SimpleNamespace(read_pod=read_pod, delete_pod=lambda _: None)
    events = SimpleNamespace(items=[SimpleNamespace(reason="Preempted")])
    operator.__dict__["client"] = SimpleNamespace(list_namespaced_event=lambda *_, **__: events)
    operator.followed, operator.last_seen = "p", pod("Running")
    operator.process_pod_deletion(pod("Running"))
    error = AirflowException("Pod p returned a failure.")
    error.__context__ = refusal(400, 'container "base" in pod "p" is waiting to start', reason="BadRequest")
    assert "a pod of higher priority took its place" in str(explain_failure(error, operator))


def test_a_cluster_that_does_not_answer_is_a_retry_that_names_the_setting(operator: Any) -> None:
    found = explain_failure(MaxRetryError(None, "/api"), operator)  # type: ignore[arg-type]
    assert isinstance(found, RetryableTaskError)
    assert "AIRFLOW__PRAXI__POD_CONNECTION" in str(found)


def test_a_container_that_is_not_made_waits_for_what_the_cluster_warned_of_last(operator: Any) -> None:
    def event(kind: str, message: str, minute: int | None) -> Any:
        seen = datetime(2026, 3, 1, 12, minute or 0, tzinfo=UTC)
        return SimpleNamespace(
            type=kind,
            reason="FailedCreatePodSandBox" if kind == "Warning" else "Scheduled",
            message=message,
            last_timestamp=seen if minute else None,
            event_time=None if minute else seen,
        )

    told = [event("Warning", "no address is left", 2), event("Warning", "no network", None)]
    events = SimpleNamespace(items=[*told, event("Normal", "assigned", 3)])
    operator.followed = "praxi-plan-x"
    operator.__dict__["client"] = SimpleNamespace(list_namespaced_event=lambda *_, **__: events)
    operator.last_seen = waiting("ContainerCreating", "")
    found = explain_failure(AirflowException("Pod took too long"), operator, 60)
    assert isinstance(found, RetryableTaskError)
    assert "ContainerCreating: FailedCreatePodSandBox: no address is left; see the events" in str(found)


def test_a_node_that_pulls_again_later_says_in_its_events_why(operator: Any) -> None:
    pulled = 'Failed to pull image "r.invalid/x:1": rpc error: code = Unknown desc = no such host'
    times = {"type": "Warning", "reason": "Failed", "event_time": None}
    told = [
        SimpleNamespace(**times, message=message, last_timestamp=datetime(2026, 3, 1, 12, minute, tzinfo=UTC))
        for minute, message in enumerate([pulled, "Error: ErrImagePull", "Error: ImagePullBackOff"])
    ]
    operator.followed = "praxi-plan-x"
    events = SimpleNamespace(items=told)
    operator.__dict__["client"] = SimpleNamespace(list_namespaced_event=lambda *_, **__: events)
    for message, cause in (
        ('Back-off pulling image "r.invalid/x:1"', f"Failed: {pulled}"),
        ('Back-off pulling image "r.invalid/x:1": ErrImagePull: 503', 'r.invalid/x:1": ErrImagePull: 503'),
    ):
        operator.last_seen = waiting("ImagePullBackOff", message)
        found = explain_failure(AirflowException("Pod took too long"), operator, 60)
        assert f"{cause}; check AIRFLOW__PRAXI__POD_IMAGE" in str(found)


def test_no_cluster_is_final(operator: Any) -> None:
    found = explain_failure(ConfigException("Invalid kube-config file"), operator)
    assert isinstance(found, SettingsError)
    assert "POD_CONNECTION" in found.action
