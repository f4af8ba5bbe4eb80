"""The pods fit a quota of cores and a range of limits, or are made to by a setting."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from praxi_airflow.runners.command import Command
from praxi_airflow.runners.manifest import pod_manifest
from praxi_airflow.settings import PodSettings
from tests.support import chart
from tests.support.cluster.policies import Policies

QUOTA = {"limits.cpu": "8", "requests.cpu": "4", "limits.memory": "16Gi", "pods": "10"}
COMMANDS = ("plan", "fingerprint", "predict", "report", "learn train", "build")


def pod(command: str = "fingerprint", size: int = 1 << 30, **settings: Any) -> dict[str, Any]:
    work = Command(arguments=(*command.split(), "--run", "r"), isolated=command == "build")
    return pod_manifest(PodSettings(image="tasks", **settings), work, {}, size)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_pod_fits_a_quota_that_counts_cores(command: str) -> None:
    policies = Policies(quotas={("praxi", "compute"): QUOTA})
    assert policies.refusal("praxi", pod(command)) == ""
    bare = pod(command)
    del bare["spec"]["containers"][0]["resources"]["limits"]["cpu"]
    assert "failed quota: compute: must specify limits.cpu" in policies.refusal("praxi", bare)


def test_a_full_quota_is_told() -> None:
    policies = Policies(quotas={("praxi", "compute"): QUOTA})
    others = [pod() for _ in range(4)]
    assert policies.refusal("praxi", pod(), others).startswith("exceeded quota: compute, requested: ")
    assert policies.refusal("elsewhere", pod(), others) == ""


def test_all_that_is_beyond_a_quota_or_a_range_is_told_as_a_real_server_tells_it() -> None:
    policies = Policies(
        limit_ranges={"praxi": {"min": {"cpu": "500m"}, "maxLimitRequestRatio": {"memory": "1"}}}
    )
    assert policies.refusal("praxi", pod(size=0)) == (
        "[minimum cpu usage per Container is 500m, but request is 250m, "
        "memory max limit to request ratio per Container is 1, but provided ratio is 2.000000]"
    )
    policies = Policies(quotas={("praxi", "odd"): {"requests.cpu": "1", "pods": "0", "limits.cpu": "1"}})
    told = policies.refusal("praxi", pod(size=0), [pod(size=0)])
    assert told == (
        "exceeded quota: odd, requested: limits.cpu=2,pods=1, used: limits.cpu=2,pods=1, "
        "limited: limits.cpu=1,pods=0"
    )


def test_a_class_that_is_missing_is_told_before_a_range_that_is_left() -> None:
    policies = Policies(limit_ranges={"praxi": {"max": {"cpu": "1"}}})
    unknown = pod()
    unknown["spec"]["priorityClassName"] = "nobody"
    assert policies.refusal("praxi", unknown) == "no PriorityClass with name nobody was found"


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"max": {"cpu": "1"}}, "maximum cpu usage per Container is 1, but limit is 2"),
        ({"min": {"memory": "4Gi"}}, "minimum memory usage per Container is 4Gi, but request is 640Mi"),
        ({"maxLimitRequestRatio": {"memory": "1"}}, "memory max limit to request ratio per Container is 1"),
    ],
)
def test_a_pod_is_made_to_fit_a_range_of_limits(limits: dict[str, dict[str, str]], told: str) -> None:
    policies = Policies(limit_ranges={"praxi": limits})
    assert told in policies.refusal("praxi", pod())
    given = {"*": {"limits": {"cpu": "1", "memory": "4Gi"}, "requests": {"memory": "4Gi"}}}
    assert policies.refusal("praxi", pod(resources=given)) == ""


def test_the_template_as_shipped_is_accepted_by_a_bare_cluster() -> None:
    bare = {"priorityClass": {"create": False, "name": ""}}
    template = yaml.safe_load(chart.pod_template(chart.render(bare)))
    assert Policies().refusal("praxi", template) == ""


def test_the_template_names_a_class_that_the_chart_makes() -> None:
    objects = chart.render()
    template = yaml.safe_load(chart.pod_template(objects))
    assert "no PriorityClass with name praxi-tasks" in Policies().refusal("praxi", template)
    assert Policies(set(chart.of_kind(objects, "PriorityClass"))).refusal("praxi", template) == ""


def test_a_pool_full_of_pods_fits_the_charts_quota_and_range() -> None:
    objects = chart.render()
    (quota,), (limits,) = (chart.of_kind(objects, kind).values() for kind in ("ResourceQuota", "LimitRange"))
    policies = Policies(
        {"praxi-tasks"},
        limit_ranges={"praxi": limits["spec"]["limits"][0]},
        quotas={("praxi", "praxi"): quota["spec"]["hard"]},
    )
    slots = chart.file_values(chart.CHART / "values.yaml")["pool"]["slots"]
    running = [pod(), *(pod("learn train") for _ in range(2)), *(pod(size=1 << 40) for _ in range(slots - 4))]
    for command in COMMANDS:
        assert policies.refusal("praxi", pod(command, size=1 << 40), running) == ""
    larger = pod(resources={"*": {"limits": {"memory": "96Gi"}}})
    assert "maximum memory usage" in policies.refusal("praxi", larger)
