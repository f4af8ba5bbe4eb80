"""Record how long real pods take to fingerprint batches of different sizes, for the makespan's simulation.

    PYTHONPATH=.:plugins .venv/bin/python -m benchmarks.pod_times [--repeats 3]

The pods are those of the tests: the real operator starts the task image on the test cluster (podman as its
one node), and it reads layers from a real registry into a real object store. Layers hold files of this
environment's packages. A time is a task's from its start to its end, for so long it holds a slot; Airflow's
own start of the task's process is not in it. Needs root, and what `make test` needs.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from praxi_tasks.audit import Plan, named_images
from praxi_tasks.store import Store, documents, keys, open_store
from tests.cluster.bench import Bench, bench
from tests.support import images
from tests.support.registry import Registry, run_registry
from tests.support.s3 import run_object_store
from tests.support.task_image import build_task_image

MEGABYTES = (1, 8, 32, 96)
RESULTS = Path(__file__).parent / "results" / "pod_times.json"


@dataclass
class Scene:
    """A cluster, a registry and a store, all running."""

    made: Bench
    registry: Registry
    store: Store

    def run(self, name: str, files: dict[str, bytes]) -> dict[str, float]:
        """Fingerprint an image of one layer in a pod; return the layer's bytes and the task's seconds."""
        reference = self.registry.push(f"times/{name}:1", images.image([images.layer(files)]))
        documents.write(self.store, keys.run(name, "images.json"), named_images([reference]))
        self.made.run("plan", run=name)
        plan = documents.read(self.store, keys.run(name, "plan.json"), Plan)
        started = time.perf_counter()
        self.made.run("fingerprint", run=name, batch=0)
        seconds = time.perf_counter() - started
        return {"bytes": sum(layer.size for layer in plan.layers), "seconds": round(seconds, 3)}


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Start everything; `folder` must be readable by every user."""
    with ExitStack() as stack:
        image = build_task_image(folder)
        store = stack.enter_context(run_object_store(folder / "s3"))
        registry = stack.enter_context(run_registry(folder / "registry"))
        made = stack.enter_context(bench(folder / "cluster", image.by_digest))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        uri = f"{store.create_bucket('times')}/store"
        for name, value in store.environment.items():
            patch.setenv(name, value)
        made.cluster.add_secret("praxi", "praxi-store", store.environment)
        made.configure(store=uri, pod_environment_secrets="praxi-store")
        yield Scene(made, registry, open_store(uri))


def some_files(size: int, chance: random.Random) -> dict[str, bytes]:
    """Return files of this environment's packages, about ``size`` bytes before compression."""
    packages = Path(sysconfig.get_path("purelib"))
    paths = sorted(path for path in packages.rglob("*") if path.is_file() and not path.is_symlink())
    chance.shuffle(paths)
    files, total = {}, 0
    for path in paths:
        if total >= size:
            break
        files[f"opt/{path.relative_to(packages)}"] = path.read_bytes()
        total += path.stat().st_size
    return files


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    chance, pods = random.Random(11), []
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as ready:
        for repeat in range(options.repeats):
            for size in MEGABYTES:
                pods.append(ready.run(f"pod-{size}-{repeat}", some_files(size * 3_000_000, chance)))
                sys.stdout.write(f"{pods[-1]['bytes'] / 1e6:8.1f} MB {pods[-1]['seconds']:6.2f} s\n")
    machine = f"{platform.machine()}, one node of the test cluster"
    RESULTS.write_text(json.dumps({"machine": machine, "pods": pods}, indent=1) + "\n")


if __name__ == "__main__":
    main()
