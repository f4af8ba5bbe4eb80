"""What an operator of the cluster got wrong: each ends at once, and says which setting to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException

from praxi_airflow.errors import RetryableTaskError
from praxi_airflow.runners import cluster_check
from tests.cluster.bench import Bench, bench
from tests.support.cluster.kubeconfig import write_kubeconfig
from tests.support.process import free_port
from tests.support.registry import Registry
from tests.support.task_image import BuiltImage

# "At once" is within a minute, of which building the image that pods run is no part.
at_once = pytest.mark.timeout(60, func_only=True)
pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow, at_once]


@pytest.fixture
def wrong(tmp_path: Path, task_image: BuiltImage) -> Iterator[Bench]:
    """Return a cluster on which nothing is left of a task, however it ended."""
    with bench(tmp_path, task_image.by_digest) as made:
        yield made
        assert made.cluster.left() == []
        assert made.cluster.containers() == []


def test_no_cluster(wrong: Bench, tmp_path: Path) -> None:
    nobody = write_kubeconfig(tmp_path / "nobody.yaml", f"http://127.0.0.1:{free_port()}")
    wrong.connect(nobody)
    with pytest.raises(RetryableTaskError, match=r"can't be reached.*check AIRFLOW__PRAXI__POD_CONNECTION"):
        wrong.run("plan", "--help")


def test_no_such_host(wrong: Bench, tmp_path: Path) -> None:
    wrong.connect(write_kubeconfig(tmp_path / "nowhere.yaml", "https://cluster.invalid:6443"))
    wrong.patch.setattr(cluster_check, "PAUSES", (0.0,))
    with pytest.raises(RetryableTaskError, match=r"can't be reached.*check AIRFLOW__PRAXI__POD_CONNECTION"):
        wrong.run("plan", "--help")


def test_no_kubeconfig(wrong: Bench, tmp_path: Path) -> None:
    wrong.connect(tmp_path / "missing.yaml")
    with pytest.raises(AirflowFailException, match="check AIRFLOW__PRAXI__POD_CONNECTION"):
        wrong.run("plan", "--help")


def test_unknown_namespace(wrong: Bench) -> None:
    wrong.configure(pod_namespace="nowhere")
    with pytest.raises(
        AirflowFailException, match='"nowhere" not found; check AIRFLOW__PRAXI__POD_NAMESPACE'
    ):
        wrong.run("plan", "--help")


def test_forbidden(wrong: Bench) -> None:
    wrong.cluster.rights.grant({"rules": [{"resources": ["pods"], "verbs": ["get", "list"]}]})
    says = r"may not create pods in the namespace praxi; bind the Role of charts/praxi"
    with pytest.raises(AirflowFailException, match=says):
        wrong.run("plan", "--help")


def test_unknown_service_account(wrong: Bench) -> None:
    wrong.configure(pod_service_account="stranger")
    with pytest.raises(AirflowFailException, match="check AIRFLOW__PRAXI__POD_SERVICE_ACCOUNT"):
        wrong.run("plan", "--help")


@pytest.mark.parametrize("deferrable", [False, True], ids=["sync", "deferrable"])
@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("pod_environment_secrets", "CreateContainerConfigError: secret"),
        ("pod_registry_secret", "MountVolume.SetUp failed.*secret"),
        ("pod_ca_config_map", "MountVolume.SetUp failed.*configmap"),
    ],
)
def test_missing_object(wrong: Bench, setting: str, kind: str, deferrable: bool) -> None:
    wrong.configure(**{setting: "forgotten"}, pod_deferrable=deferrable)
    named = f'{kind} "forgotten" not found.*AIRFLOW__PRAXI__{setting.upper()}'
    with pytest.raises(AirflowFailException, match=named):
        wrong.run("plan", "--help")


def test_image_not_found(wrong: Bench, registry: Registry) -> None:
    wrong.configure(pod_image=f"{registry.host}/nobody/tasks@sha256:{'0' * 64}")
    with pytest.raises(AirflowFailException, match=r"ErrImagePull|ImagePullBackOff") as caught:
        wrong.run("plan", "--help")
    assert "AIRFLOW__PRAXI__POD_IMAGE" in str(caught.value)


def test_template_that_breaks_the_restricted_standard(wrong: Bench, tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "{apiVersion: v1, kind: Pod, metadata: {name: t}, spec: {hostNetwork: true, "
        "containers: [{name: base, image: replaced}]}}"
    )
    wrong.configure(pod_template_file=template)
    with pytest.raises(AirflowFailException, match=r"PodSecurity.*check AIRFLOW__PRAXI__POD_TEMPLATE_FILE"):
        wrong.run("plan", "--help")


@pytest.mark.parametrize("deferrable", [False, True], ids=["sync", "deferrable"])
def test_a_pod_that_no_node_takes_is_waited_for_as_long_as_the_setting_says(
    wrong: Bench, deferrable: bool
) -> None:
    wrong.configure(
        pod_node_selector='{"kubernetes.io/arch": "s390x"}', pod_startup_timeout=5, pod_deferrable=deferrable
    )
    said = r"did not start within 5 s .*no node takes it: 0/1 nodes are available.*POD_NODE_SELECTOR"
    with pytest.raises(RetryableTaskError, match=said):
        wrong.run("plan", "--help")


def test_a_registry_that_nodes_do_not_reach(wrong: Bench) -> None:
    wrong.cluster.fail_pulls("dial tcp 10.0.0.1:443: i/o timeout")
    wrong.configure(pod_startup_timeout=5)
    said = r"did not start within 5 s .*i/o timeout; check AIRFLOW__PRAXI__POD_IMAGE"
    with pytest.raises(RetryableTaskError, match=said):
        wrong.run("plan", "--help")
