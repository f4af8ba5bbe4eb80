from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import images, world
from tests.support.airflow_home import ROOT, environment
from tests.support.cluster.cluster import Cluster
from tests.support.folders import open_to_containers
from tests.support.prometheus import Deployment, prometheus
from tests.support.registry import Registry, registry
from tests.support.s3 import ObjectStore, object_store
from tests.support.s3_gate import S3Gate, s3_gate
from tests.support.task_image import BuiltImage, task_image

__all__ = ["object_store", "registry", "task_image"]

NAMESPACE = "praxi"
TRACE = "0af7651916cd43dd8448eb211c80319c"
"""The trace that every audit is part of."""
PATIENCE = 480.0  # seconds after which something counts as never happening


class Driver:
    """The process that runs the audit Dag; see :mod:`tests.cluster.driver`."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.log = folder / "driver.log"
        self._folder = folder
        self._variables = variables
        self._answers = 0
        self._process = self._begin()

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.driver"],
            stdin=subprocess.PIPE,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment(self._folder), **self._variables},
            cwd=ROOT,
            text=True,
        )

    def start(self, day: int, settings: Mapping[str, str]) -> Path:
        """Begin the audit of the day before this one; return the file its answer will be in."""
        return self._tell(
            environment=dict(settings),
            traceparent=f"00-{TRACE}-{day:016x}-01",
            logical_date=f"2026-03-{day:02}T00:00:00+00:00",
            conf={"force": True},
        )

    def kill_worker(self) -> Path:
        """Kill the process that runs the audit, and let another go on with it."""
        self.close()
        self._process = self._begin()
        return self._tell(environment={}, go_on="praxi_audit")

    def command_line(self, words: list[str]) -> str:
        """Run ``airflow WORD…`` in the process, which has imported everything, and return what it printed."""
        ended = self.wait(self._tell(environment={}, command_line=words))
        assert not ended["error"], ended
        return str(ended["printed"])

    def finish(self, dag_id: str) -> dict[str, Any]:
        """Run a Dag's last run, which somebody triggered, to its end."""
        return self.wait(self._tell(environment={}, go_on=dag_id))

    def _tell(self, **command: Any) -> Path:
        self._answers += 1
        answer = self._folder / f"answer-{self._answers}.json"
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({**command, "answer": str(answer)}) + "\n")
        self._process.stdin.flush()
        return answer

    def told(self) -> str:
        """Return the log."""
        return self.log.read_text(errors="replace")

    def wait(self, answer: Path) -> dict[str, Any]:
        """Wait for an audit's end."""
        deadline = time.monotonic() + PATIENCE
        while not answer.exists():
            assert self._process.poll() is None, self.told()[-4000:]
            assert time.monotonic() < deadline, self.told()[-4000:]
            time.sleep(0.2)
        found: dict[str, Any] = json.loads(answer.read_text())
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass
class Stage:
    """Everything an audit by pods needs, running; ``references`` are the images to audit."""

    cluster: Cluster
    gate: S3Gate
    driver: Driver
    store: str
    references: list[str]
    days: Iterator[int] = field(default_factory=lambda: iter(range(1, 29)))

    def start(self, *, deferrable: bool = False, receiver: str = "") -> Path:
        """Begin an audit, whose commands send their spans to a receiver of OTLP, if one is named."""
        settings = {
            "AIRFLOW__PRAXI__POD_DEFERRABLE": str(deferrable),
            "AIRFLOW__PRAXI__OTLP_ENDPOINT": receiver,
        }
        return self.driver.start(next(self.days), settings)

    def running_pod(self, task: str) -> dict[str, Any]:
        """Wait until a pod of a task runs."""
        running: list[dict[str, Any]] = []

        def found() -> bool:
            running[:] = [
                pod
                for pod in self.cluster.pods(NAMESPACE)
                if pod["metadata"]["labels"].get("task_id") == task and pod["status"]["phase"] == "Running"
            ]
            return bool(running)

        self.wait_until(found, f"a pod of {task} runs", pause=0.02)
        return running[0]

    def wait_until(self, happened: Callable[[], bool], what: str, *, pause: float = 0.1) -> None:
        """Wait until something happened, far longer than it takes."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, f"never: {what}\n{self.driver.told()[-4000:]}"
            time.sleep(pause)

    def check(self, answer: Path) -> dict[str, Any]:
        """Wait for the end; every image must be accounted for, and no pod be left."""
        import msgspec

        from praxi_airflow.run_key import run_key
        from praxi_tasks.audit.report import AuditReport
        from praxi_tasks.store import keys, open_store

        ended = self.driver.wait(answer)
        states = {task["task"]: task["state"] for task in ended["tasks"]}
        assert states["report"] == "success", (ended, self.driver.told()[-3000:])
        report = open_store(self.store).get(keys.run(run_key(ended["run_id"]), "report.json"))
        told = msgspec.json.decode(report, type=AuditReport)
        images = {image.image: image for image in told.images}
        assert sorted(images) == sorted(self.references)
        assert all(image.reason if image.state == "failed" else True for image in told.images)
        ended["states"] = [str(images[reference].state) for reference in self.references]
        assert self.cluster.left() == []
        assert self.cluster.containers() == []
        assert "log read interrupted" not in self.driver.told()
        return ended

    def logged(self, words: str) -> list[str]:
        """Return the lines of the tasks' logs that hold these words."""
        return [line for line in self.driver.told().splitlines() if words in line]


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
    task_image: BuiltImage,
    registry: Registry,
    object_store: ObjectStore,
) -> Iterator[Stage]:
    """Start the cluster, with images in the registry and a model in the store."""
    folder = tmp_path_factory.mktemp("cluster")
    open_to_containers(folder)
    bucket = object_store.create_bucket("cluster")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in object_store.environment.items():
            patch.setenv(name, value)
        world.model().save(f"{bucket}/model")
        references = push_images(registry)
        with (
            s3_gate(object_store.url) as gate,
            Cluster(folder) as cluster,
            prometheus(folder, _history(references)) as server,
        ):
            cluster.add_namespace(NAMESPACE, "praxi-tasks")
            secret = {**object_store.environment, "AWS_ENDPOINT_URL": gate.url}
            cluster.add_secret(NAMESPACE, "praxi-store", secret)
            connection = {
                "AIRFLOW_CONN_PRAXI_PROMETHEUS": json.dumps({"conn_type": "http", "host": server.url})
            }
            driver = Driver(folder, _variables(cluster, task_image, bucket) | connection)
            try:
                yield Stage(cluster, gate, driver, f"{bucket}/store", references)
            finally:
                driver.close()


def _variables(cluster: Cluster, image: BuiltImage, bucket: str) -> dict[str, str]:
    settings = {
        "RUNNER": "pod",
        "STORE": f"{bucket}/store",
        "MODEL": f"{bucket}/model",
        "POD_IMAGE": image.by_digest,
        "POD_NAMESPACE": NAMESPACE,
        "POD_SERVICE_ACCOUNT": "praxi-tasks",
        "POD_ENVIRONMENT_SECRETS": "praxi-store",
        "POD_DEFER_AFTER": "0",  # what short pods do would not be tried
        "RETRY_DELAY": "6",  # three of them outlast a store that refuses for half a minute
    }
    variables = {f"AIRFLOW__PRAXI__{name}": value for name, value in settings.items()}
    return {**variables, "KUBECONFIG": str(cluster.kubeconfig()), "AIRFLOW__WORKERS__API_RETRIES": "12"}


def _history(references: list[str]) -> Iterator[Deployment]:
    """Let every image run for a quarter of an hour on each day that audits may ask about."""
    for day in range(28):
        noon = datetime(2026, 2, 28, 12, tzinfo=UTC) + timedelta(days=day)
        for number, image in enumerate(references):
            yield Deployment(image=image, start=noon, end=noon + timedelta(minutes=15), pod=f"pod-{number}")


def push_images(registry: Registry) -> list[str]:
    base = images.layer({"etc/os-release": b"ID=debian\nVERSION_ID=12\n"})
    references = []
    for name in ("packagea", "packageb"):
        files = {
            f"usr/local/lib/python3.11/site-packages/{file}": b"x" * 100
            for file in (f"{name}/module0.py", f"{name}/m.py")
        }
        references.append(registry.push(f"cluster/{name}:1.0", images.image([base, images.layer(files)])))
    return [*references, f"{registry.host}/cluster/missing:1.0"]
