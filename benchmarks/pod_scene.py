"""What audits as pods need: the test cluster, a real registry, a real object store and a door to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from benchmarks.chaos_images import ChaosImage
from praxi_tasks.audit import named_images
from praxi_tasks.store import Store, documents, keys, open_store
from tests.cluster.bench import Bench, bench
from tests.support import world
from tests.support.cluster.cluster import Cluster
from tests.support.registry import Registry, run_registry
from tests.support.s3 import run_object_store
from tests.support.s3_gate import S3Gate, s3_gate
from tests.support.task_image import build_task_image

STEPS: Final = ("plan", "fingerprint", "predict", "report")


@dataclass
class Scene:
    """What runs: cluster, registry, store, and the door in front of the store."""

    made: Bench
    registry: Registry
    store: Store
    gate: S3Gate

    @property
    def cluster(self) -> Cluster:
        """The cluster."""
        return self.made.cluster

    def offer(self, run: str, image: ChaosImage) -> None:
        """Put an image into the registry, and let a run audit it."""
        reference = self.registry.push(image.name, image.manifest)
        documents.write(self.store, keys.run(run, "images.json"), named_images([reference]))


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Start everything; ``folder`` must be readable by every user."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("AIRFLOW__WORKERS__API_RETRIES", "12")  # as the chart's values say
        image = build_task_image(folder)
        objects = stack.enter_context(run_object_store(folder / "s3"))
        gate = stack.enter_context(s3_gate(objects.url))
        registry = stack.enter_context(run_registry(folder / "registry"))
        made = stack.enter_context(bench(folder / "cluster", image.by_digest))
        bucket = objects.create_bucket("faults")
        for name, value in objects.environment.items():
            patch.setenv(name, value)
        world.model().save(f"{bucket}/model")
        made.cluster.add_secret("praxi", "praxi-store", {**objects.environment, "AWS_ENDPOINT_URL": gate.url})
        uri = f"{bucket}/store"
        made.configure(store=uri, model=f"{bucket}/model", pod_environment_secrets="praxi-store")
        yield Scene(made, registry, open_store(uri), gate)
