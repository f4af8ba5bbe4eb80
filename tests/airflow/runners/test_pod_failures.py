from __future__ import annotations

import json
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
from praxi_airflow.runners.pod_failures import explain_failure
from praxi_airflow.settings import load_settings
from tests.airflow.conftest import Configure


@pytest.fixture
def operator(configure: Configure, store_folder: Path) -> Any:
    configure(runner="pod", pod_image="praxi")
    runner = PodRunner(load_settings(), BaseOperator(task_id="plan"))
    return runner.operator_for(Command(arguments=("plan",), run="r"))


def refusal(status: int, message: str) -> ApiException:
    answer = SimpleNamespace(
        status=status, reason="Reason", data=json.dumps({"message": message}), getheaders=dict
    )
    return ApiException(http_resp=answer)


@pytest.mark.parametrize(
    ("message", "setting"),
    [
        ('serviceaccount "x" not found', "POD_BUILD_SERVICE_ACCOUNT"),
        ('pod rejected: RuntimeClass "x" not found', "POD_BUILD_RUNTIME_CLASS"),
        ('namespaces "nowhere" not found', "POD_NAMESPACE"),
    ],
)
def test_a_build_has_settings_of_its_own(
    configure: Configure, store_folder: Path, message: str, setting: str
) -> None:
    configure(runner="pod", pod_image="praxi")
    runner = PodRunner(load_settings(), BaseOperator(task_id="build_release"))
    operator = runner.operator_for(Command(arguments=("build",), run="r", isolated=True))
    problem = explain_failure(refusal(403, message), operator)
    assert isinstance(problem, SettingsError)
    assert f"AIRFLOW__PRAXI__{setting} " in problem.action


@pytest.mark.parametrize(
    ("status", "message", "setting"),
    [
        (404, 'namespaces "nowhere" not found', "POD_NAMESPACE"),
        (
            403,
            'pods is forbidden: User "x" cannot create resource "pods" in the namespace "y"',
            "POD_NAMESPACE",
        ),
        (
            403,
            'error looking up service account praxi/x: serviceaccount "x" not found',
            "POD_SERVICE_ACCOUNT",
        ),
        (
            403,
            'pods "p" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostPID=true)',
            "POD_TEMPLATE_FILE",
        ),
        (
            403,
            'pods "p" is forbidden: failed quota: compute: must specify limits.cpu for: base',
            "POD_RESOURCES",
        ),
        (
            403,
            'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
            "POD_RESOURCES",
        ),
        (403, 'pods "p" is forbidden: no PriorityClass with name low was found', "POD_TEMPLATE_FILE"),
        (401, "Unauthorized", "POD_CONNECTION"),
        (422, "Pod is invalid: spec.tolerations[0]: Invalid value", "POD_*"),
    ],
)
def test_a_refusal_that_stays_names_the_setting(
    operator: Any, status: int, message: str, setting: str
) -> None:
    found = explain_failure(refusal(status, message), operator)
    assert isinstance(found, SettingsError)
    assert message in found.what
    assert f"AIRFLOW__PRAXI__{setting}" in found.action


@pytest.mark.parametrize(
    "error",
    [
        refusal(404, 'pods "praxi-plan-x" not found'),
        refusal(403, "pods is forbidden: exceeded quota: compute"),
        refusal(429, "too many requests"),
        refusal(500, "etcd leader changed"),
        ApiException(status=503, reason="Service Unavailable"),
        AirflowException("Pod praxi-plan-x returned a failure."),
    ],
)
def test_what_may_pass_is_a_retry(operator: Any, error: Exception) -> None:
    assert isinstance(explain_failure(error, operator), RetryableTaskError)


def test_a_cluster_that_does_not_answer_is_a_retry_that_names_the_setting(operator: Any) -> None:
    found = explain_failure(MaxRetryError(None, "/api"), operator)  # type: ignore[arg-type]
    assert isinstance(found, RetryableTaskError)
    assert "AIRFLOW__PRAXI__POD_CONNECTION" in str(found)


def test_no_cluster_is_final(operator: Any) -> None:
    found = explain_failure(ConfigException("Invalid kube-config file"), operator)
    assert isinstance(found, SettingsError)
    assert "POD_CONNECTION" in found.action
