"""What settings, a template and a death for lack of memory make of a pod's resources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import (
    V1Container,
    V1ContainerState,
    V1ContainerStateTerminated,
    V1ContainerStatus,
    V1Pod,
    V1PodSpec,
    V1PodStatus,
    V1ResourceRequirements,
)

from praxi_airflow.errors import SettingsError
from praxi_airflow.runners.pod_resources import (
    memory_limit,
    memory_wanted,
    note_out_of_memory,
    resources,
    with_given,
    with_memory,
)
from praxi_airflow.settings import load_settings
from praxi_tasks.store import open_store
from tests.airflow.conftest import Configure
from tests.airflow.runners.test_pod import pods, render

__all__ = ["pods"]
GIBI = 1 << 30
COMPUTED = resources(0, scratch="10Gi")


def rendered(**kwargs: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = render(**kwargs)["spec"]["containers"][0]["resources"]
    return found


def test_a_command_s_own_go_before_those_of_all(pods: Configure) -> None:
    pods(
        pod_resources='{"*": {"limits": {"cpu": "1"}, "requests": {"cpu": "100m"}},'
        ' "report": {"limits": {"memory": "3Gi"}}, "learn train": {"limits": {"cpu": 8}}}'
    )
    report, plan = rendered(command="report"), rendered(command="plan")
    assert (report["limits"]["cpu"], report["limits"]["memory"]) == ("1", "3Gi")
    assert (plan["limits"]["cpu"], plan["limits"]["memory"]) == ("1", "1024Mi")
    assert report["requests"]["cpu"] == plan["requests"]["cpu"] == "100m"
    given = load_settings().pods.resources_of(("learn", "train"))
    assert given == {"requests": {"cpu": "100m"}, "limits": {"cpu": "8"}}
    assert load_settings().pods.resources_of(("learn", "gate"))["limits"] == {"cpu": "1"}


def test_the_template_s_go_before_what_is_computed_and_after_the_settings(
    pods: Configure, tmp_path: Path
) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec:\n  containers:\n  - name: base\n"
        "    image: any\n    resources: {limits: {cpu: 3, memory: 5Gi, example.com/gpu: 1}}\n"
    )
    pods(pod_template_file=template, pod_resources='{"report": {"limits": {"memory": "6Gi"}}}')
    assert rendered(command="plan")["limits"] | {"ephemeral-storage": ""} == {
        "cpu": "3", "memory": "5Gi", "example.com/gpu": "1", "ephemeral-storage": "",
    }  # fmt: skip
    assert rendered(command="report")["limits"]["memory"] == "6Gi"


@pytest.mark.parametrize(
    ("given", "request_", "limit"),
    [
        ({"limits": {"memory": "256Mi"}}, "256Mi", "256Mi"),
        ({"requests": {"memory": "4Gi"}}, "4Gi", "4Gi"),
        ({"requests": {"memory": "4Gi"}, "limits": {"memory": "2Gi"}}, "4Gi", "2Gi"),
        ({}, "512Mi", "1024Mi"),
    ],
)
def test_a_computed_side_keeps_to_the_one_that_is_given(
    given: dict[str, dict[str, str]], request_: str, limit: str
) -> None:
    found = with_given(COMPUTED, given)
    assert (found["requests"]["memory"], found["limits"]["memory"]) == (request_, limit)


@pytest.mark.parametrize(
    "value",
    ['["plan"]', '{"plan": "1Gi"}', '{"plan": {"limit": {}}}', '{"plan": {"limits": {"cpu": "two"}}}'],
)
def test_what_is_no_requests_and_limits_is_refused(pods: Configure, value: str) -> None:
    pods(pod_resources=value)
    with pytest.raises(SettingsError, match="pod_resources"):
        load_settings()


def killed(reason: str = "OOMKilled", limit: str = "1Gi") -> V1Pod:
    state = V1ContainerState(terminated=V1ContainerStateTerminated(exit_code=137, reason=reason))
    status = V1ContainerStatus(name="base", state=state, image="", image_id="", ready=False, restart_count=0)
    container = V1Container(name="base", resources=V1ResourceRequirements(limits={"memory": limit}))
    return V1Pod(spec=V1PodSpec(containers=[container]), status=V1PodStatus(container_statuses=[status]))


def test_only_a_death_for_lack_of_memory_counts() -> None:
    assert memory_limit(killed(), "base") == GIBI
    assert memory_limit(killed(reason="Error"), "base") == 0
    assert memory_limit(killed(), "other") == 0


def test_each_death_doubles_the_memory_up_to_the_most(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    assert memory_wanted(store, "memory.json", "3Gi") == 0
    note_out_of_memory(store, "memory.json", GIBI)
    assert memory_wanted(store, "memory.json", "3Gi") == 2 * GIBI
    note_out_of_memory(store, "memory.json", 2 * GIBI)
    assert memory_wanted(store, "memory.json", "3Gi") == 3 * GIBI
    note_out_of_memory(store, "memory.json", 5 * GIBI)  # set so by hand
    assert memory_wanted(store, "memory.json", "3Gi") == 5 * GIBI
    grown = with_memory(COMPUTED, 3 * GIBI)
    assert (grown["requests"]["memory"], grown["limits"]["memory"]) == ("1536Mi", "3072Mi")
    assert with_memory(COMPUTED, 0) == COMPUTED
