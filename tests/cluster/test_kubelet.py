"""The test cluster's node runs a pod as its specification says, and tells how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client
from kubernetes.config import new_client_from_config

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.manifest import pod_manifest
from praxi_airflow.settings import PodSettings
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.rights import OPENSHIFT_UID
from tests.support.folders import open_to_containers
from tests.support.task_image import BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server]
PROGRAM = (
    "import os, time; print(os.getuid(), os.getgid(), os.environ['TOKEN'], flush=True); time.sleep(1); "
    "open('/scratch/probe', 'w').close(); print('scratch is writable', flush=True); open('/probe', 'w')"
)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    open_to_containers(tmp_path)
    with Cluster(tmp_path) as made:
        made.rights.random_uid = True
        made.add_namespace("praxi")
        made.add_secret("praxi", "praxi-store", {"TOKEN": "from-the-secret"})
        yield made


def leaves(api: client.CoreV1Api, name: str, *phases: str) -> Any:
    """Wait until a pod has left some phases, and return it."""
    deadline = time.monotonic() + 240
    while (pod := api.read_namespaced_pod(name, "praxi")).status.phase in phases:
        assert time.monotonic() < deadline, pod.status.container_statuses
        time.sleep(0.1)
    return pod


def test_a_pod_runs_as_its_specification_says(cluster: Cluster, task_image: BuiltImage) -> None:
    settings = PodSettings(image=task_image.by_digest, run_as_user=-1, environment_secrets=("praxi-store",))
    manifest = pod_manifest(settings, Command(arguments=("probe",)), {}, 0)
    manifest["spec"]["containers"][0] |= {"command": ["python3"], "args": ["-c", PROGRAM]}
    with new_client_from_config(str(cluster.kubeconfig())) as opened:
        api = client.CoreV1Api(opened)
        name = api.create_namespaced_pod("praxi", manifest).metadata.name
        leaves(api, name, "Pending")
        stream = api.read_namespaced_pod_log(name, "praxi", follow=True, _preload_content=False)
        log = stream.data.decode().splitlines()
        pod = leaves(api, name, "Pending", "Running")
    assert log[:2] == [f"{OPENSHIFT_UID} 0 from-the-secret", "scratch is writable"]
    assert "Read-only file system" in log[-1]
    assert pod.status.phase == "Failed"
    assert pod.status.container_statuses[0].state.terminated.exit_code == 1
    assert "from-the-secret" not in str(pod)
