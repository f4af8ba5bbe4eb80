"""A release that exists as source only is built in a pod that holds nothing, and learned all the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.operators.build import ReleaseBuildOperator
from praxi_airflow.tasks.source_builds import releases_to_build
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.model_registry.resolve import ResolvedModel
from praxi_tasks.learning.run.inputs import TrainingInputs
from praxi_tasks.learning.run.plan import TrainingPlan
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.store import documents, open_store
from tests.cluster.bench import Bench, bench
from tests.support import chart
from tests.support.package_index import BACKEND, PackageIndex, package_index, sdist, setuptools
from tests.support.s3 import ObjectStore
from tests.support.task_image import BuiltImage

__all__ = ["setuptools"]

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]

RUN = "builds"
SPY, SHOP = parse_label("spy==1.0"), parse_label("shop==1.0")
SETUP = "from setuptools import setup\nsetup(name='shop', version='1.0', packages=['shop'])\n"

# Tells, as names of the wheel's files, all that untrusted code finds and can do in the pod.
BACKEND_OF_SPY = """
import os, pathlib, zipfile

def build_wheel(folder, settings=None, metadata=None):
    found = {"uid_" + str(os.getuid())} | {"env_" + name for name in os.environ}
    for environ in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            found |= {"proc_" + entry.partition("=")[0] for entry in environ.read_text().split("\\0")}
        except OSError:
            pass
    found |= {"token_" + path.name for path in pathlib.Path("/var/run/secrets").rglob("*") if path.is_file()}
    found |= {"registry" for path in pathlib.Path("/etc/praxi").rglob("*.json")}
    for place in ("/etc", "/opt/praxi", "/usr/bin", "/scratch"):
        try:
            pathlib.Path(place, "written").write_text("by spy")
            found.add("wrote_" + place.rpartition("/")[2])
        except OSError:
            pass
    name = "spy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        for each in sorted(filter(None, found)):
            wheel.writestr("spy/" + each, "")
        wheel.writestr("spy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: spy\\nVersion: 1.0\\n")
        told = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("spy-1.0.dist-info/WHEEL", told)
        wheel.writestr("spy-1.0.dist-info/RECORD", "")
    return name
"""
TEMPLATE = """
apiVersion: v1
kind: Pod
metadata: {name: template}
spec:
  containers:
  - {name: base, image: any, env: [{name: HTTPS_PROXY, value: "http://me:hunter2@proxy:3128"}]}
"""


@pytest.fixture
def index(setuptools: Path) -> Iterator[PackageIndex]:
    """Run an index that has two releases as source, and what one of them is built with."""
    with package_index() as running:
        files = {"pyproject.toml": BACKEND, "backend.py": BACKEND_OF_SPY}
        running.publish("spy-1.0.tar.gz", sdist("spy", "1.0", files))
        running.publish(
            "shop-1.0.tar.gz", sdist("shop", "1.0", {"setup.py": SETUP, "shop/__init__.py": "x = 1\n"})
        )
        running.publish(setuptools.name, setuptools.read_bytes())
        yield running


def build(made: Bench, release: str, number: int) -> None:
    operator = partial(ReleaseBuildOperator, task_id="build_release", release=release)
    context = made.context("build_release", RUN, number)
    made.perform(operator, context)


def holds_nothing(pod: dict[str, Any]) -> bool:
    """Return whether a pod's manifest names no Secret, no token and nothing else that could tell one."""
    (container,) = pod["spec"]["containers"]
    variables = {variable["name"] for variable in container["env"]}
    return (
        variables == {"HOME", "TMPDIR", "PRAXI_LEARN_BUILD_INDEX", "PRAXI_LEARN_BUILD_SECONDS"}
        and not container.get("envFrom")
        and pod["spec"]["volumes"] == [{"name": "scratch", "emptyDir": {"sizeLimit": "10Gi"}}]
        and pod["spec"]["automountServiceAccountToken"] is False
        and pod["spec"]["serviceAccountName"] == "praxi-builds"
    )


def selected(pod: dict[str, Any]) -> list[str]:
    """Return the network policies that hold for a pod and let it reach something."""
    allowed = {"networkPolicy": {"builds": [{"namespace": "package-index", "ports": [8080]}]}}
    policies = chart.of_kind(chart.render(allowed), "NetworkPolicy")
    return [
        name
        for name, policy in policies.items()
        if policy["spec"].get("egress")
        and policy["spec"]["podSelector"].get("matchLabels", {}).items() <= pod["metadata"]["labels"].items()
    ]


def test_a_release_is_built_where_nothing_of_ours_is(
    tmp_path: Path,
    task_image: BuiltImage,
    object_store: ObjectStore,
    index: PackageIndex,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = f"{object_store.create_bucket('builds')}/store"
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    store = open_store(uri)
    training = TrainingRun(store, RUN)
    documents.write(store, training.key("plan.json"), TrainingPlan((), (SHOP, SPY), ResolvedModel("", "")))
    documents.write(store, training.key("batches.json"), [0])
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)
    with bench(tmp_path / "cluster", task_image.by_digest) as made:
        made.cluster.add_namespace("praxi", "praxi-tasks", "praxi-builds")
        made.cluster.add_secret("praxi", "praxi-store", object_store.environment)
        made.cluster.add_secret("praxi", "praxi-registry", {".dockerconfigjson": '{"auths": {}}'})
        made.configure(
            store=uri,
            pod_environment_secrets="praxi-store",
            pod_registry_secret="praxi-registry",
            pod_template_file=template,
            pod_build_service_account="praxi-builds",
            learn_sources="layer, sdist",
            learn_build_index=index.url,
        )
        made.run("learn", "fingerprint", run=RUN, batch=0)
        assert releases_to_build(run_id=RUN) == ["shop==1.0", "spy==1.0"]
        build(made, "spy==1.0", 0)
        made.configure(pod_deferrable=True)
        build(made, "shop==1.0", 1)
        fingerprint, *builds = made.cluster.history
        assert made.cluster.left() == []
    assert not holds_nothing(fingerprint)
    assert [holds_nothing(pod) for pod in builds] == [True, True]
    assert [selected(pod) for pod in (fingerprint, *builds)] == [["praxi-tasks"], *[["praxi-builds"]] * 2]
    assert [ended.state for ended in TrainingInputs(store, RUN).collected()] == ["stored", "stored"]
    assert "site-packages/shop/__init__.py" in ReleaseStore(store).get(SHOP.identity).paths
    check_what_was_found(ReleaseStore(store).get(SPY.identity).paths)


def check_what_was_found(paths: list[str]) -> None:
    """Compare what untrusted code found in its pod with what may be there."""
    found = {path.rpartition("/")[2] for path in paths}
    assert {"env_HOME", "proc_PRAXI_LEARN_BUILD_INDEX", "wrote_scratch", "uid_65532"} <= found
    assert {name for name in found if name.startswith(("token", "registry", "wrote"))} == {"wrote_scratch"}
    ours = {name for name in found if name.startswith(("env_", "proc_"))}
    assert not [name for name in ours if "AWS" in name or "STORE" in name or "PROXY" in name]
