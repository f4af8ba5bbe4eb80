"""The doctor on Airflow's own side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.tasks.doctor import examine_airflow
from tests.airflow.conftest import Configure
from tests.support.cluster.cluster import Cluster
from tests.support.process import free_port
from tests.support.proxy import Answer, proxy

SERIES = Answer(
    200, '{"status": "success", "data": {"result": [{"metric": {}, "value": [1, "5"]}]}}', "application/json"
)


def test_what_is_in_the_way_is_the_last_line(store_folder: Path, connect: Configure) -> None:
    with proxy("http://127.0.0.1:1") as server:
        server.always = Answer(200, '{"status": "success", "data": {"result": []}}', "application/json")
        connect(server.url)
        with pytest.raises(AirflowFailException, match=r"no container is known.*scrape kube-state-metrics"):
            examine_airflow()


def test_what_may_pass_is_a_retry(store_folder: Path, connect: Configure) -> None:
    connect(f"http://127.0.0.1:{free_port()}", extra={"retries": 0})
    with pytest.raises(RetryableTaskError):
        examine_airflow()


@pytest.mark.server
def test_rights_are_asked_as_pods_are_started(
    store_folder: Path,
    connect: Configure,
    configure: Configure,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with proxy("http://127.0.0.1:1") as server, Cluster(tmp_path) as cluster:
        server.always = SERIES
        connect(server.url)
        cluster.add_namespace("praxi")
        extra = {"kube_config_path": str(cluster.kubeconfig())}
        connection = json.dumps({"conn_type": "kubernetes", "extra": extra})
        monkeypatch.setenv("AIRFLOW_CONN_EMULATED", connection)
        configure(runner="pod", pod_image="tasks", pod_namespace="praxi", pod_connection="emulated")
        found = examine_airflow()
        assert [(one["name"], one["status"]) for one in found][-1] == ("kubernetes", "ok")
        cluster.rights.rules = {"pods": {"create"}}
        with pytest.raises(AirflowFailException, match=r"may not get pods, list pods.*charts/praxi"):
            examine_airflow()
