"""The whole stack, running: servers, Airflow and a cluster for the pods."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.history import Deployment, write_history
from tests.compose import substitutes
from tests.compose.stack import AIRFLOW_SERVICES, SERVERS, Stack, stack
from tests.conftest import ROOT
from tests.support import mlflow, world
from tests.support.cluster.cluster import Cluster
from tests.support.docker import Engine, docker_engine
from tests.support.folders import open_to_containers
from tests.support.task_image import BuiltImage, task_image
from tests.support.tools import need

__all__ = ["task_image"]

NAMESPACE = "praxi"


@dataclass(frozen=True)
class Running:
    """The stack, the cluster that its pods run on, and the image that was deployed on a day."""

    stack: Stack
    cluster: Cluster
    image: str
    day: datetime


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return a Docker engine of the session's own."""
    with docker_engine(tmp_path_factory.mktemp("docker")) as one:
        yield one


@pytest.fixture(scope="module")
def running(
    engine: Engine, task_image: BuiltImage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Build the images, start everything, and push what is to be audited."""
    need(*substitutes.DEBIAN, "promtool", str(ROOT / ".venv-tasks" / "bin" / "python"))
    folder = tmp_path_factory.mktemp("stack")
    open_to_containers(folder)
    mlflow.build()
    substitutes.import_base(engine)
    with ThreadPoolExecutor(1) as pool, ExitStack() as ending:
        airflow_image = pool.submit(substitutes.build_airflow, engine, folder)
        substitutes.build_servers(engine, folder)
        one = ending.enter_context(stack(engine, folder, _settings(folder, task_image)))
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        image = f"127.0.0.1:{one.settings['REGISTRY_PORT']}/system/base:12"
        _remember(image, day, folder)
        one.start(*SERVERS)
        cluster = ending.enter_context(Cluster(folder, host=one.gateway()))
        one.wait_until_healthy("s3", "registry", seconds=200)
        _fill(one, cluster, image)
        airflow_image.result()
        one.start(*(f"airflow-{name}" for name in AIRFLOW_SERVICES))
        one.wait_until_healthy("airflow-apiserver", "airflow-scheduler", seconds=400)
        yield Running(one, cluster, image, day)


def _settings(folder: Path, image: BuiltImage) -> dict[str, str]:
    (folder / "kubernetes").mkdir()
    packages = next((mlflow.ENVIRONMENT / "lib").glob("python3.*/site-packages"))
    return {
        "TASK_IMAGE": image.by_digest,
        "KUBERNETES": str(folder / "kubernetes"),
        "HISTORY": str(folder / "prometheus"),
        "MLFLOW_PACKAGES": str(packages),
    }


def _remember(image: str, day: datetime, folder: Path) -> None:
    """Let the image have run for three hours of that day and, as midnight may come, of the next."""
    noons = (day + timedelta(hours=12), day + timedelta(hours=36))
    write_history(
        [Deployment(image=image, start=noon, end=noon + timedelta(hours=3)) for noon in noons], folder
    )


def _fill(one: Stack, cluster: Cluster, image: str) -> None:
    """Push the image, store a model, and give the cluster what pods need."""
    one.engine.run("docker", "tag", substitutes.BASE, image)
    one.engine.run("docker", "push", "--quiet", image)
    credentials = one.store_environment()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in credentials.items():
            patch.setenv(name, value)
        world.model().save("s3://praxi/model")
    cluster.add_namespace(NAMESPACE, "praxi-tasks")
    cluster.add_secret(NAMESPACE, "praxi-store", credentials)
    mounted = one.folder / "kubernetes" / "kubeconfig.yaml"
    shutil.copy(cluster.kubeconfig(), mounted)
    mounted.chmod(mounted.stat().st_mode | 0o044)  # Airflow's user is not root
