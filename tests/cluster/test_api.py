"""The test cluster's API, spoken by the client that Airflow uses; no pod here ever finds a node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.config import new_client_from_config
from kubernetes.dynamic import DynamicClient

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.manifest import pod_manifest
from praxi_airflow.settings import PodSettings
from tests.support import chart
from tests.support.cluster import podman
from tests.support.cluster.cluster import Cluster

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not podman.installed(), reason="needs root, podman and runc"),
]
SPACE = "praxi"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path) as made:
        made.add_namespace(SPACE)
        yield made


@pytest.fixture
def api(cluster: Cluster) -> Iterator[client.CoreV1Api]:
    with new_client_from_config(str(cluster.kubeconfig())) as opened:
        yield client.CoreV1Api(opened)


def pod(name: str, **labels: str) -> dict[str, Any]:
    nowhere = PodSettings(image="tasks", node_selector={"kubernetes.io/arch": "s390x"})
    made = pod_manifest(nowhere, Command(arguments=("plan",)), labels, 0)
    made["metadata"]["name"] = name
    return made


def refused(api: client.CoreV1Api, manifest: dict[str, Any], namespace: str = SPACE) -> tuple[int, str]:
    with pytest.raises(ApiException) as caught:
        api.create_namespaced_pod(namespace, manifest)
    return caught.value.status, caught.value.body


def test_pods_are_made_read_patched_and_removed(api: client.CoreV1Api, cluster: Cluster) -> None:
    made = api.create_namespaced_pod(SPACE, pod("one"))
    assert made.metadata.uid
    assert made.status.phase == "Pending"
    patched = api.patch_namespaced_pod("one", SPACE, {"metadata": {"labels": {"checked": "True"}}})
    assert int(patched.metadata.resource_version) > int(made.metadata.resource_version)
    assert api.read_namespaced_pod("one", SPACE).metadata.labels["checked"] == "True"
    events = api.list_namespaced_event(SPACE, field_selector="involvedObject.name=one").items
    assert [event.reason for event in events] == ["FailedScheduling"]
    api.delete_namespaced_pod("one", SPACE, grace_period_seconds=0)
    assert cluster.left() == []
    with pytest.raises(ApiException, match="404"):
        api.read_namespaced_pod("one", SPACE)


def test_discovery_tells_the_kind_by_which_airflows_executor_asks(api: client.CoreV1Api) -> None:
    found = DynamicClient(api.api_client).resources.get(api_version="v1", kind="Pod")
    assert found.name == "pods"


def test_pods_are_listed_by_label_and_namespace(api: client.CoreV1Api, cluster: Cluster) -> None:
    cluster.add_namespace("other")
    for name, batch in (("one", "1"), ("two", "2")):
        api.create_namespaced_pod(SPACE, pod(name, batch=batch))
    api.create_namespaced_pod("other", pod("three", batch="1"))
    listed = api.list_namespaced_pod(SPACE, label_selector="batch=1,!checked").items
    assert [found.metadata.name for found in listed] == ["one"]
    with pytest.raises(ApiException, match="400"):
        api.list_namespaced_pod(SPACE, label_selector="batch=1=1=")


def test_a_watch_tells_what_is_there_and_what_changes(api: client.CoreV1Api) -> None:
    api.create_namespaced_pod(SPACE, pod("one"))
    seen, watcher = [], watch.Watch()
    for event in watcher.stream(api.list_namespaced_pod, SPACE, timeout_seconds=60):
        kind, found = event["type"], event["object"]
        seen.append((kind, found.metadata.name, found.status.phase))
        if len(seen) == 1:
            api.create_namespaced_pod(SPACE, pod("two"))
        elif seen[-1][:2] == ("ADDED", "two"):
            api.delete_namespaced_pod("one", SPACE)
        elif kind == "DELETED":
            watcher.stop()
    assert seen[0] == ("ADDED", "one", "Pending")
    assert ("ADDED", "two", "Pending") in seen
    assert seen[-1][:2] == ("DELETED", "one")
    assert {kind for kind, *_ in seen} <= {"ADDED", "MODIFIED", "DELETED"}


def test_refusals_have_the_statuses_of_a_real_server(api: client.CoreV1Api) -> None:
    wrong, loose, stranger = pod("wrong"), pod("loose"), pod("stranger")
    wrong["spec"]["containers"][0]["image"] = 7
    loose["spec"]["hostNetwork"] = True
    stranger["spec"]["serviceAccountName"] = "stranger"
    api.create_namespaced_pod(SPACE, pod("one"))
    assert refused(api, wrong)[0] == 422
    assert refused(api, pod("one"))[0] == 409
    for manifest, told in ((loose, "PodSecurity"), (stranger, "serviceaccount")):
        status, body = refused(api, manifest)
        assert (status, told in body, "is forbidden" in body) == (403, True, True)
    status, body = refused(api, pod("one"), "nowhere")
    assert (status, "namespaces" in body) == (404, True)


def test_a_role_allows_what_it_says_and_nothing_else(api: client.CoreV1Api, cluster: Cluster) -> None:
    cluster.rights.grant(chart.role())
    assert api.list_namespaced_pod(SPACE).items == []
    cluster.rights.grant({"rules": [{"resources": ["events"], "verbs": ["list"]}]})
    with pytest.raises(ApiException, match="403"):
        api.list_namespaced_pod(SPACE)


def test_of_a_pod_without_a_node_there_is_an_empty_log(api: client.CoreV1Api) -> None:
    api.create_namespaced_pod(SPACE, pod("one"))
    assert api.read_namespaced_pod_log("one", SPACE, _preload_content=False).data == b""
    with pytest.raises(ApiException, match="container other is not valid for pod one"):
        api.read_namespaced_pod_log("one", SPACE, container="other")


def test_a_log_before_the_start_is_a_bad_request(api: client.CoreV1Api, cluster: Cluster) -> None:
    cluster.fail_pulls("503 Service Unavailable")
    here = pod("one")
    del here["spec"]["nodeSelector"]
    api.create_namespaced_pod(SPACE, here)
    with pytest.raises(ApiException, match="waiting to start"):
        api.read_namespaced_pod_log("one", SPACE)


def test_what_a_real_server_refuses_of_names_changes_and_fields(api: client.CoreV1Api) -> None:
    nameless = pod("one")
    del nameless["metadata"]["name"]
    status, body = refused(api, nameless)
    assert (status, "name or generateName is required" in body) == (422, True)
    api.create_namespaced_pod(SPACE, pod("one"))
    with pytest.raises(ApiException, match="pod updates may not change fields"):
        api.patch_namespaced_pod("one", SPACE, {"spec": {"nodeSelector": None}})
    with pytest.raises(ApiException, match="field label not supported: foo"):
        api.list_namespaced_pod(SPACE, field_selector="foo=bar")
