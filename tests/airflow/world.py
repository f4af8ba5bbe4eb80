"""A small world to audit: a registry with images, a Prometheus that remembers them, a trained model."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from praxi_airflow.run_key import run_key
from tests.support import images
from tests.support.airflow_home import ROOT
from tests.support.prometheus import Deployment, prometheus
from tests.support.registry import run_registry

PYTHON: Final = ROOT / ".venv-tasks" / "bin" / "python"
SITE: Final = "usr/local/lib/python3.11/site-packages"
DAY: Final = timedelta(days=1)
NAMES: Final = ("shop", "zoo", "bank", "farm")


def today() -> datetime:
    """Return the last midnight in UTC."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class World:
    """Where everything is; ``references`` are the images by name."""

    registry: str
    prometheus: str
    model: str
    store: Path
    references: dict[str, str]

    def variables(self, **settings: str) -> dict[str, str]:
        """Return the environment of an Airflow that audits this world."""
        connection = {"conn_type": "http", "host": self.prometheus}
        given = {
            "store": self.store.as_uri(),
            "model": self.model,
            "task_python": str(PYTHON),
            "retries": "1",
            "retry_delay": "1",
        }
        named = {f"AIRFLOW__PRAXI__{name.upper()}": value for name, value in (given | settings).items()}
        return named | {"AIRFLOW_CONN_PRAXI_PROMETHEUS": json.dumps(connection)}

    def document(self, run_id: str, name: str) -> Any:
        """Return a document of a run."""
        return json.loads((self.store / "audits" / run_key(run_id) / name).read_text())

    def states(self, run_id: str) -> dict[str, str]:
        """Return how each image of a run's report ended, by the images' names."""
        names = {reference: name for name, reference in self.references.items()}
        report = self.document(run_id, "report.json")
        return {names.get(image["image"], image["image"]): image["state"] for image in report["images"]}

    def layers(self) -> dict[str, int]:
        """Return when each file about a layer was last written."""
        found = (self.store / "layers").rglob("*")
        return {str(path): path.stat().st_mtime_ns for path in found if path.is_file()}


def package(name: str) -> dict[str, images.Entry]:
    """Return what an installed Python package leaves behind."""
    info = f"{SITE}/{name}-1.0.dist-info"
    modules = {f"{SITE}/{name}/{part}.py": f"# {name} {part}\n".encode() for part in ("__init__", "a", "b")}
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    record = "".join(f"{path.removeprefix(f'{SITE}/')},,\n" for path in modules).encode()
    return {**modules, f"{info}/METADATA": metadata, f"{info}/RECORD": record}


@contextmanager
def world(folder: Path, deployments: Iterable[tuple[str, datetime, datetime]]) -> Iterator[World]:
    """Run a registry with one image per name, and a Prometheus that saw them deployed.

    Parameters
    ----------
    deployments
        Name, start and end of each container. A name that is no image is a tag that is gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "registry").mkdir()
    with run_registry(folder / "registry") as registry:
        base = images.layer({"etc/os-release": b"ID=debian\nVERSION_ID=12\n"})
        references = {
            name: registry.push(f"{name}:1.0", images.image([base, images.layer(package(name))]))
            for name in NAMES
        }
        history = [
            Deployment(
                image=references.get(name, f"{registry.host}/{name}:1.0"),
                start=start,
                end=end,
                namespace="apps",
                pod=f"{name}-{start:%d%H}",
            )
            for name, start, end in deployments
        ]
        with prometheus(folder, history) as server:
            model = _train(folder)
            yield World(registry.host, server.url, model, folder / "store", references)


def _train(folder: Path) -> str:
    """Train a model that knows the first two packages, and return its URI."""
    releases = folder / "releases.jsonl"
    with releases.open("w") as out:
        for name in NAMES[:2]:
            files = [[f"{name}/{part}.py", 10, f"{n:016x}"] for n, part in enumerate(("__init__", "a", "b"))]
            json.dump({"name": name, "version": "1.0", "wheel": f"{name}.whl", "files": files}, out)
            out.write("\n")
    model = (folder / "model").as_uri()
    subprocess.run(
        [PYTHON, "-m", "praxi_tasks", "train", "--releases", releases, "--out", model],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True,
    )  # fmt: skip
    return model
