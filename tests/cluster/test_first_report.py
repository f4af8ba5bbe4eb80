"""docs/kubernetes.md, "From nothing to the first report", line by line on the test cluster.

What can't be had here has a stand-in: the docs' hosts and credentials are those of the tests' servers, the
official Airflow chart is an Airflow that is given what the chart would give it, and a Job is its pod.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from praxi_tasks.store import open_store
from tests.cluster.conftest import NAMESPACE, Driver, push_images
from tests.support import chart, world
from tests.support.airflow_home import ROOT
from tests.support.cluster import manifests
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.objects import Manifest
from tests.support.folders import open_to_containers
from tests.support.prometheus import Deployment, prometheus
from tests.support.registry import Registry
from tests.support.s3 import ObjectStore
from tests.support.task_image import NAME, BuiltImage

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.airflow]

PAGE = (ROOT / "docs" / "kubernetes.md").read_text()
SECTION = PAGE.partition("## From nothing to the first report\n")[2].partition("\n## ")[0]
MODEL_IMAGE = NAME.replace("/tasks:", "/model:")


def lines() -> list[list[str]]:
    """Return the commands of the section, each in its words."""
    blocks = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
    return [shlex.split(line) for line in "".join(blocks).replace("\\\n", " ").splitlines()]


@dataclass
class Walk:
    """An operator who does what the docs say; ``put`` is what stands here for a word of theirs."""

    folder: Path
    cluster: Cluster
    image: BuiltImage
    objects: ObjectStore
    put: Mapping[str, str]
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    driver: Driver | None = None

    def do(self, words: list[str]) -> None:
        """Do one line; one that nobody knows is an error."""
        doers: dict[str, Callable[[list[str]], None]] = {
            "make images": lambda _: None,  # the fixture did, by the same script
            "make model": self._train,
            "scripts/images.sh model": self._build_model_image,
            "aws s3": self._aws,
            "helm repo": lambda _: None,
            "helm upgrade": self._upgrade,
            "helm test": self._test,
            "kubectl -n": self._kubectl,
        }
        doers[" ".join(words[:2])]([self._here(word) for word in words[2:]])

    def _here(self, word: str) -> str:
        for theirs, ours in self.put.items():
            word = word.replace(theirs, ours)
        known = self.objects.environment | {
            "access-key-id": self.objects.access_key,
            "secret-access-key": self.objects.secret_key,
        }
        name, _, value = word.removeprefix("--from-literal=").partition("=")
        return f"--from-literal={name}={known[name]}" if value == "…" and name in known else word

    def _train(self, _: list[str]) -> None:
        world.model().save((self.folder / "starter").as_uri())

    def _build_model_image(self, _: list[str]) -> None:
        given = {
            "PRAXI_BUILDER": "podman",
            "TASK_IMAGE": self.image.name,
            "MODEL_IMAGE": MODEL_IMAGE,
            "MODEL": str(self.folder / "starter"),
        }
        command = [str(ROOT / "scripts" / "images.sh"), "model"]
        subprocess.run(command, env={**self.image.environment, **given}, check=True, timeout=300)

    def _aws(self, words: list[str]) -> None:
        command, uri, *rest = words
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if command == "mb":
            self.objects.create_bucket(bucket)
            return
        assert command == "cp"
        self.objects.client().download_file(bucket, key, str(self.folder / rest[0]))

    def _upgrade(self, words: list[str]) -> None:
        if "apache-airflow/airflow" in words:
            self._install_airflow(words)
            return
        objects = self._rendered(words)
        if "--create-namespace" in words:
            self.cluster.add_namespace(_after(words, "--namespace"))
        manifests.apply(self.cluster, objects, launcher="airflow-scheduler")
        if "--no-hooks" not in words:
            for hook in manifests.hooks(objects, "post-upgrade"):
                self._run(hook)

    def _test(self, words: list[str]) -> None:
        assert words[0] == chart.RELEASE
        for hook in manifests.hooks(self._rendered(words), "test"):
            self._run(hook)

    def _rendered(self, words: list[str]) -> list[Manifest]:
        text = SECTION.partition("```yaml\n")[2].partition("```")[0]
        for theirs, ours in self.put.items():
            text = text.replace(theirs, ours)
        values: dict[str, Any] = yaml.safe_load(text)
        return chart.render(values, namespace=_after(words, "--namespace"))

    def _run(self, hook: Manifest) -> None:
        if hook["metadata"]["namespace"] == NAMESPACE:
            self.told.append(manifests.run_pod(self.cluster, hook))
            return
        (container,) = hook["spec"]["template"]["spec"]["containers"]
        wanted = {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"]}
        assert wanted <= self.secrets.keys()
        self._airflow([*container["command"], *container["args"]])

    def _kubectl(self, words: list[str]) -> None:
        namespace, command, *rest = words
        if command == "exec":
            assert rest[0] == "deploy/airflow-api-server"
            self._airflow(rest[rest.index("--") + 1 :])
            return
        assert [command, *rest[:2]] == ["create", "secret", "generic"]
        pairs = (word.removeprefix("--from-literal=").partition("=") for word in rest[3:])
        data = {name: value for name, _, value in pairs}
        self.cluster.add_secret(namespace, rest[2], data)
        if namespace == chart.RELEASE_NAMESPACE:
            self.secrets[rest[2]] = data

    def _install_airflow(self, words: list[str]) -> None:
        """Start an Airflow with the variables and files that the official chart gives to its containers."""
        values = chart.file_values(ROOT / _after(words, "--values"))
        variables = {
            f"AIRFLOW__{section.upper()}__{option.upper()}": value
            for section, options in values["config"].items()
            for option, value in options.items()
        }
        for source in yaml.safe_load(values["extraEnvFrom"]):
            variables |= self._config_map(source["configMapRef"]["name"])
        variables |= {
            each["envName"]: self.secrets[each["secretName"]][each["secretKey"]] for each in values["secret"]
        }
        variables |= {each["name"]: self._here(each["value"]) for each in values["env"]}
        for volume, mount in zip(values["volumes"], values["volumeMounts"], strict=True):
            mounted = self.folder / volume["name"]
            mounted.mkdir()
            optional = volume["configMap"].get("optional", False)
            for name, text in self._config_map(volume["configMap"]["name"], optional=optional).items():
                (mounted / name).write_text(text)
            variables = {
                name: value.replace(mount["mountPath"], str(mounted)) for name, value in variables.items()
            }
        variables |= {"KUBECONFIG": str(self.cluster.kubeconfig())}
        variables |= {"AIRFLOW__PRAXI__RETRIES": "0"}  # whoever follows the docs needs no second try
        self.driver = Driver(self.folder, variables)

    def _config_map(self, name: str, *, optional: bool = False) -> dict[str, str]:
        found = self.cluster.configmap(chart.RELEASE_NAMESPACE, name)
        assert found is not None or optional, name
        return dict(found or {})

    def _airflow(self, words: list[str]) -> None:
        assert self.driver is not None
        assert words[0] == "airflow"
        self.told.append(self.driver.command_line(words[1:]))
        if words[1:3] == ["dags", "trigger"]:
            ended = self.driver.finish(words[3])
            states = {task["task"]: task["state"] for task in ended["tasks"]}
            log = self.driver.told().splitlines()
            assert set(states.values()) <= {"success", "skipped"}, "\n".join([str(states), *log[-40:]])


def running_now(references: list[str]) -> Iterator[Deployment]:
    """Let every image run for two hours, of which one is over."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    for number, image in enumerate(references):
        digest = f"{image}@sha256:{number:064x}"
        yield Deployment(image=image, start=now - hour, end=now + hour, image_id=digest, pod=f"pod-{number}")


def _after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


@pytest.fixture
def walk(
    tmp_path: Path, task_image: BuiltImage, registry: Registry, object_store: ObjectStore
) -> Iterator[Walk]:
    open_to_containers(tmp_path)
    references = push_images(registry)
    with (
        Cluster(tmp_path) as cluster,
        prometheus(tmp_path, running_now(references)) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in object_store.environment.items():
            patch.setenv(name, value)
        put = {
            f"registry.example.com/praxi/tasks@sha256:{'0' * 64}": task_image.by_digest,
            "registry.example.com/praxi/model:0.2.0": MODEL_IMAGE,
            "registry.example.com/team/app:1.0": references[0],
            "https://s3.example.com": object_store.url,
            "https://prometheus.example": server.url,
        }
        walked = Walk(tmp_path, cluster, task_image, object_store, put)
        try:
            yield walked
        finally:
            if walked.driver is not None:
                walked.driver.close()
            remove = ["podman", "rmi", "--force", MODEL_IMAGE]
            subprocess.run(remove, env=dict(task_image.environment), check=False, capture_output=True)


def test_the_docs_lead_from_nothing_to_the_first_report(walk: Walk) -> None:
    for words in lines():
        walk.do(words)
    report = (walk.folder / "report.html").read_text()
    assert walk.put["registry.example.com/team/app:1.0"] in report
    store = open_store("s3://praxi/store")
    told = json.loads(store.get("audits/first/report.json"))
    assert [image["state"] for image in told["images"]] == ["audited"]
    assert walk.cluster.pods() == []
    accounts = {pod["spec"]["serviceAccountName"] for pod in walk.cluster.history}
    assert {"praxi-doctor", "praxi-learn-train", "praxi-plan", "praxi-report"} <= accounts
    assert "praxi-tasks" not in accounts
    assert {pod["spec"]["priorityClassName"] for pod in walk.cluster.history} == {"praxi-tasks"}
    assert any("ok" in each and "writes once" in each for each in walk.told)
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in str(walk.cluster.history)
