"""A pod that runs untrusted code, as the real operator would send it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kubernetes_validate
import pytest
from airflow.sdk import BaseOperator

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.isolated_pods import isolated_settings
from praxi_airflow.runners.pod import PodRunner
from praxi_airflow.settings import load_settings
from tests.airflow.conftest import Configure
from tests.airflow.runners.test_pod import IMAGE, is_restricted

TEMPLATE = """
apiVersion: v1
kind: Pod
metadata: {labels: {team: security}}
spec:
  serviceAccountName: mighty
  containers:
  - {name: base, image: any, envFrom: [{secretRef: {name: template-secret}}]}
  volumes: [{name: more, secret: {secretName: template-secret}}]
"""
INDEX = "https://index.example/simple"


@pytest.fixture
def pods(configure: Configure, store_folder: Path, tmp_path: Path) -> Configure:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    configure(
        runner="pod",
        pod_image=IMAGE,
        pod_service_account="praxi-tasks",
        pod_pull_secrets="pull",
        pod_environment_secrets="store-keys",
        pod_registry_secret="registries",
        pod_ca_config_map="trusted",
        pod_template_file=template,
        pod_node_selector='{"disk": "ssd"}',
        learn_build_index=INDEX,
    )
    return configure


def render() -> dict[str, Any]:
    settings = load_settings()
    environment = settings.learning.build_environment
    command = Command(arguments=("build", "shop==1.0"), environment=environment, run="r", isolated=True)
    operator = PodRunner(settings, BaseOperator(task_id="build_release")).operator_for(command)
    assert not operator.get_logs
    instance = SimpleNamespace(dag_id="praxi_train", task_id="build_release", map_index=7, try_number=2)
    context: Any = {"ti": instance, "run_id": "r", "dag": SimpleNamespace()}
    from kubernetes.client import ApiClient

    pod = operator.build_pod_request_obj(context, dry_run=True)
    manifest: dict[str, Any] = ApiClient().sanitize_for_serialization(pod)
    return manifest


def test_it_has_no_credential_and_is_restricted(pods: Configure) -> None:
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    assert is_restricted(manifest)
    spec, (container,) = manifest["spec"], manifest["spec"]["containers"]
    told = str({name: value for name, value in spec.items() if name != "imagePullSecrets"})
    assert not [word for word in ("secret", "store-keys", "registries", "mighty") if word in told.lower()]
    assert not container.get("envFrom")
    assert {variable["name"] for variable in container["env"]} == {
        "HOME",
        "TMPDIR",
        "PRAXI_CA_BUNDLE",
        "PRAXI_LEARN_BUILD_INDEX",
        "PRAXI_LEARN_BUILD_SECONDS",
    }
    assert {volume["name"] for volume in spec["volumes"]} == {"scratch", "certificates"}
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)


def test_it_is_labelled_and_run_as_what_it_is(pods: Configure) -> None:
    pods(pod_build_service_account="praxi-builds", pod_build_runtime_class="gvisor")
    manifest = render()
    kubernetes_validate.validate(manifest, "1.31", strict=True)
    spec = manifest["spec"]
    assert manifest["metadata"]["labels"]["app.kubernetes.io/name"] == "praxi-build"
    assert (spec["serviceAccountName"], spec["runtimeClassName"]) == ("praxi-builds", "gvisor")
    assert spec["imagePullSecrets"] == [{"name": "pull"}]
    assert spec["nodeSelector"] == {"disk": "ssd"}


def test_it_is_bounded(pods: Configure) -> None:
    pods(learn_build_seconds=60)
    spec = render()["spec"]
    assert spec["activeDeadlineSeconds"] == 360
    assert spec["containers"][0]["resources"]["limits"].keys() == {"cpu", "memory", "ephemeral-storage"}
    pods(learn_build_seconds=36_000)
    assert isolated_settings(load_settings()).deadline == load_settings().pods.deadline


def test_other_pods_stay_as_they_are(pods: Configure) -> None:
    settings = load_settings()
    command = Command(arguments=("report",), run="r")
    operator = PodRunner(settings, BaseOperator(task_id="report")).operator_for(command)
    assert operator.get_logs
    assert operator.labels["app.kubernetes.io/name"] == "praxi"


def test_a_trainings_batch_has_no_audits_plan(pods: Configure) -> None:
    runner = PodRunner(load_settings(), BaseOperator(task_id="fingerprint_release"))
    assert runner.operator_for(Command(arguments=("learn", "--run", "r"), run="r", batch=3))
