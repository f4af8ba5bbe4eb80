"""Which platform a pod ran on, as kube-state-metrics' metrics tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from praxi_airflow.hooks.prometheus import PrometheusHook
from praxi_airflow.intervals import Interval
from praxi_airflow.sources.nodes import NodePlatforms, Pod, remarks_on_nodes
from praxi_airflow.sources.prometheus import PrometheusImages
from praxi_tasks.audit import ImageList
from tests.airflow.conftest import Configure
from tests.support.prometheus import Deployment, prometheus

DAY = datetime(2026, 3, 1, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
POD = Pod("", "shop", "web-0", "u")
AMAZON = {"kernel_version": "6.1.128-136.201.amzn2023.x86_64"}


def known(*nodes: dict[str, str], pods: tuple[dict[str, str], ...] = ()) -> NodePlatforms:
    platforms = NodePlatforms()
    for labels in nodes:
        platforms.add_node(labels, labels.get("cluster", ""))
    for labels in pods:
        platforms.add_pod(labels, labels.get("cluster", ""))
    return platforms


@pytest.mark.parametrize(
    ("labels", "platform"),
    [
        ({"label_kubernetes_io_arch": "arm64"}, "linux/arm64"),
        ({"label_kubernetes_io_arch": "amd64", "label_kubernetes_io_os": "windows"}, "windows/amd64"),
        ({"label_beta_kubernetes_io_arch": "s390x"}, "linux/s390x"),
        ({"label_kubernetes_io_arch": "arm64"} | AMAZON, "linux/arm64"),
        (AMAZON, "linux/amd64"),
        ({"kernel_version": "5.14.0-427.el9.aarch64"}, "linux/arm64"),
        ({"kernel_version": "6.1.0-18-arm64"}, "linux/arm64"),
        ({"kernel_version": "5.15.0-1051-azure"}, ""),
        ({"kernel_version": "arm64-lookalike"}, ""),
        ({"label_kubernetes_io_arch": "rm -rf /"}, ""),
        ({}, ""),
    ],
)
def test_what_a_node_says_of_its_platform(labels: dict[str, str], platform: str) -> None:
    assert known({"node": "a"} | labels).lookup()(POD) == platform


def test_what_one_metric_does_not_tell_the_other_may() -> None:
    both = known({"node": "a", "label_kubernetes_io_arch": "arm64"}, {"node": "a"}, {"node": "b"} | AMAZON)
    assert both.mixed
    assert sorted(both.nodes.values()) == ["linux/amd64", "linux/arm64"]


def test_in_a_mixed_cluster_a_pods_node_decides() -> None:
    nodes = ({"node": "a", "label_kubernetes_io_arch": "arm64"}, {"node": "b"} | AMAZON, {"node": "c"})
    place = {"namespace": "shop", "pod": "web-0", "uid": "u"}
    for node, platform in {"a": "linux/arm64", "b": "linux/amd64", "c": "", "d": "", "": ""}.items():
        platforms = known(*nodes, pods=(place | {"node": node},))
        assert platforms.lookup()(POD) == platform
    (remark,) = remarks_on_nodes(known(*nodes), "linux/amd64")
    assert "of 1 nodes" in remark
    assert "--metric-labels-allowlist" in remark


def test_a_scrape_with_a_node_of_its_own_does_not_mislead() -> None:
    nodes = (
        {"node": "ksm", "exported_node": "a", "label_kubernetes_io_arch": "arm64"},
        {"node": "ksm", "exported_node": "b", "label_kubernetes_io_arch": "amd64"},
    )
    pod = {"exported_namespace": "shop", "namespace": "monitoring", "exported_pod": "web-0", "pod": "ksm-0",
           "uid": "u", "exported_node": "a", "node": "ksm"}  # fmt: skip
    assert known(*nodes, pods=(pod,)).lookup()(POD) == "linux/arm64"


def test_each_cluster_has_its_own_nodes() -> None:
    platforms = known(
        {"node": "a", "cluster": "east", "label_kubernetes_io_arch": "arm64"},
        {"node": "a", "cluster": "west"} | AMAZON,
    )
    assert not platforms.mixed
    found = [platforms.lookup()(POD._replace(cluster=cluster)) for cluster in ("east", "west", "north")]
    assert found == ["linux/arm64", "linux/amd64", ""]


@dataclass(frozen=True, kw_only=True)
class Placed(Deployment):
    """A container on a node, of which labels or kernel are told."""

    node: str
    node_labels: tuple[tuple[str, str], ...] = ()
    kernel: str = ""

    def series(self) -> Iterator[tuple[str, dict[str, str], int]]:
        yield from super().series()
        pod = next(labels for _, labels, _ in super().series())
        place = {name: pod[name] for name in ("namespace", "pod", "uid")}
        yield "kube_pod_info", {**place, "node": self.node, "host_ip": "10.0.0.1"}, 1
        if self.node_labels:
            yield "kube_node_labels", {"node": self.node, **dict(self.node_labels)}, 1
        yield "kube_node_info", {"node": self.node, "kernel_version": self.kernel}, 1


def placed(pod: str, node: str, *labels: tuple[str, str], kernel: str = "") -> Placed:
    return Placed(
        image="reg.example/web:1", image_id=f"reg.example/web@{DIGEST}", namespace="shop", pod=pod, node=node,
        start=DAY - timedelta(hours=1), end=DAY + timedelta(hours=25), node_labels=labels, kernel=kernel,
    )  # fmt: skip


def listed(
    folder: Path, connect: Configure, *deployments: Placed, platform: str = "linux/amd64"
) -> ImageList:
    with prometheus(folder, deployments) as server:
        connect(server.url)
        source = PrometheusImages(PrometheusHook(), platform=platform)
        return source.listed(Interval(DAY, DAY + timedelta(days=1)))


ARM = ("label_kubernetes_io_arch", "arm64")


@pytest.mark.server
def test_each_variant_that_ran_is_listed(tmp_path: Path, connect: Configure) -> None:
    found = listed(
        tmp_path, connect, placed("web-0", "a", ARM), placed("web-1", "c", ARM),
        placed("web-2", "b", kernel="6.1.0-18-amd64"),
    )  # fmt: skip
    assert [(image.platform, image.pods) for image in found.images] == [("", 1), ("linux/arm64", 2)]


@pytest.mark.server
def test_a_cluster_of_one_platform_needs_no_setting(tmp_path: Path, connect: Configure) -> None:
    found = listed(tmp_path, connect, placed("web-0", "a", ARM), placed("web-1", "b", ARM))
    assert [(image.platform, image.pods) for image in found.images] == [("linux/arm64", 2)]


@pytest.mark.server
def test_where_nothing_tells_the_platform_the_setting_does(tmp_path: Path, connect: Configure) -> None:
    found = listed(tmp_path, connect, placed("web-0", "a", kernel="5.15.0-azure"), platform="linux/arm64")
    assert [image.platform for image in found.images] == [""]


@pytest.mark.server
def test_the_list_says_where_a_platform_was_assumed(tmp_path: Path, connect: Configure) -> None:
    found = listed(
        tmp_path, connect, placed("web-0", "a", ARM), placed("web-1", "b", kernel="6.1.0-18-amd64"),
        placed("web-2", "c", kernel="5.15.0-azure"),
    )  # fmt: skip
    assert any("of 1 nodes no label tells the platform" in remark for remark in found.remarks)
