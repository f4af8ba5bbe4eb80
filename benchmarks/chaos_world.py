"""Everything real that a chaos campaign audits with, each server behind a proxy that lets requests fail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from benchmarks.chaos_images import chaos_images, is_broken, layer_bytes
from praxi_tasks.audit import DeployedImage
from praxi_tasks.learning.model_registry import MlflowRegistry
from praxi_tasks.store import Store, open_store
from tests.support import world as small_world
from tests.support.airflow import Airflow, airflow
from tests.support.alertmanager import alertmanager, receiver
from tests.support.cluster.cluster import Cluster
from tests.support.faults import Faults, Kind
from tests.support.faulty_proxy import faulty_proxy
from tests.support.folders import open_to_containers
from tests.support.mlflow import MlflowServer, build
from tests.support.process import running
from tests.support.prometheus import Deployment, prometheus
from tests.support.registry import run_registry
from tests.support.s3 import run_object_store
from tests.support.task_image import build_task_image

NAMESPACE: Final = "praxi"
_KINDS: Final[dict[str, Sequence[Kind]]] = {
    "registry": (Kind.REFUSED, Kind.RESET, Kind.CUT, Kind.SLOW),
    "S3": (Kind.REFUSED, Kind.RESET, Kind.LOST, Kind.CUT, Kind.SLOW, Kind.CONFLICT),
    "API server": (Kind.REFUSED, Kind.RESET, Kind.LOST),
    "Prometheus": (Kind.REFUSED, Kind.RESET, Kind.CUT),
    "MLflow": (Kind.REFUSED, Kind.RESET, Kind.LOST, Kind.CUT),
    "Alertmanager": (Kind.REFUSED, Kind.RESET, Kind.LOST),
}
# Airflow notices what died within a minute instead of five, and asks its own API server for longer.
_AIRFLOW: Final = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "20",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "20",
    "AIRFLOW__WORKERS__API_RETRIES": "12",
}

# What every audit of the campaign knows, wherever it runs: a machine may have tables of its own.
_FEEDS: Final = {
    "distro-info/debian.csv": (
        b"version,codename,series,created,release,eol,eol-lts,eol-elts\n"
        b"12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30\n"
    ),
    "distro-info/ubuntu.csv": b"version,codename,series,created,release,eol,eol-server\n",
    "debian-security-support/security-support-ended.deb12": b"lib[ab]0 1.0-1 2026-01-01 an example\n",
}


@dataclass(frozen=True)
class ChaosWorld:
    """What runs: images to audit, the store they are audited into, and the faults of each server by name."""

    deployed: tuple[DeployedImage, ...]
    store_uri: str
    model_uri: str
    folder: Path
    cluster: Cluster
    airflow: Airflow
    faults: dict[str, Faults]
    alertmanager: str

    def open(self) -> Store:
        """Open the store, not by way of the proxy."""
        return open_store(self.store_uri)

    def set_active(self, active: bool) -> None:
        """Let requests go wrong from now on, or not any more."""
        for faults in self.faults.values():
            faults.active = active


@contextmanager
def chaos_world(folder: Path, count: int, share: float, seed: int, batches: int) -> Iterator[ChaosWorld]:
    """Start everything, with ``count`` images that ran yesterday; nothing goes wrong yet."""
    open_to_containers(folder)
    faults = {name: Faults(kinds, share, seed) for name, kinds in _KINDS.items()}
    faults["registry"] = Faults(_KINDS["registry"], share, seed, is_broken)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        task_image = build_task_image(folder)
        objects = stack.enter_context(run_object_store(folder / "s3"))
        for name, value in objects.environment.items():
            patch.setenv(name, value)
        bucket = objects.create_bucket("chaos")
        store_uri, model_uri = f"{bucket}/store", f"{bucket}/model"
        small_world.model().save(model_uri)
        feeds = put_feeds(open_store(store_uri))

        def proxied(name: str, url: str) -> str:
            return stack.enter_context(faulty_proxy(url, faults[name])).url

        registry = stack.enter_context(run_registry(folder / "registry"))
        host = proxied("registry", f"http://{registry.host}").removeprefix("http://")
        made = list(chaos_images(count, seed))
        for each in made:
            registry.push(each.name, each.manifest)
        deployed = tuple(
            DeployedImage(image=f"{host}/{each.name}", namespaces=(each.namespace,), pods=1) for each in made
        )
        past = stack.enter_context(prometheus(folder / "prometheus", _history(deployed)))
        build()
        mlflow = MlflowServer.start(folder / "mlflow")
        stack.enter_context(running(mlflow.server))
        _promote(mlflow.url, model_uri)
        told = stack.enter_context(receiver())
        alerts = stack.enter_context(alertmanager(folder / "alertmanager", told.url))
        cluster = stack.enter_context(Cluster(folder))
        cluster.add_namespace(NAMESPACE, "praxi-tasks")
        cluster.gate.faults = faults["API server"]
        s3 = {**objects.environment, "AWS_ENDPOINT_URL": proxied("S3", objects.url)}
        cut = str(max(layer_bytes(made) // batches, 1))
        cluster.add_secret(NAMESPACE, "praxi-store", {**s3, "PRAXI_BATCH_BYTES": cut})
        settings = {
            "RUNNER": "pod",
            "STORE": store_uri,
            "MODEL": model_uri,
            "FEEDS": feeds,
            "MLFLOW_URI": proxied("MLflow", mlflow.url),
            "ALERTMANAGER": proxied("Alertmanager", alerts),
            "POD_IMAGE": task_image.by_digest,
            "POD_NAMESPACE": NAMESPACE,
            "POD_SERVICE_ACCOUNT": "praxi-tasks",
            "POD_ENVIRONMENT_SECRETS": "praxi-store",
            "POD_DEFERRABLE": "True",
            "RETRY_DELAY": "3",
            "RETRIES": "5",
        }
        connection = {"conn_type": "http", "host": proxied("Prometheus", past.url)}
        variables = {f"AIRFLOW__PRAXI__{name}": value for name, value in settings.items()} | {
            **_AIRFLOW,
            **s3,
            "KUBECONFIG": str(cluster.kubeconfig()),
            "AIRFLOW_CONN_PRAXI_PROMETHEUS": json.dumps(connection),
        }
        server = stack.enter_context(airflow(folder / "airflow", variables, also=("triggerer",)))
        yield ChaosWorld(deployed, store_uri, model_uri, folder, cluster, server, faults, alerts)


def put_feeds(store: Store) -> str:
    """Put the campaign's feeds into a store, and return the URI of their folder."""
    for name, data in _FEEDS.items():
        store.put(f"feeds/{name}", data)
    return f"{store.uri}/feeds"


def _history(deployed: Sequence[DeployedImage]) -> Iterator[Deployment]:
    """Let every image have run for some minutes of yesterday.

    One runs all day, or the exporter would count as silent and the list of images as not whole.
    """
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for number, image in enumerate(deployed):
        around = timedelta(minutes=3) if number else timedelta(hours=20)
        yield Deployment(
            image=image.image,
            start=noon - around,
            end=noon + around,
            namespace=image.namespaces[0],
            pod=f"pod-{number}",
        )


def _promote(mlflow: str, model_uri: str) -> None:
    registry = MlflowRegistry(mlflow)
    registry.promote(registry.register(model_uri, "chaos", {}))
