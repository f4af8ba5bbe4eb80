"""What a second audit costs when the store knows every layer.

    .venv/bin/python -m benchmarks.reaudit

Bars: no layer byte fetched, and at most 1 ms per layer. The baseline is the first audit of the same images
in the same run, which reads every layer. Layers hold real release contents if PRAXI_DATA has them.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import tempfile
import time
from pathlib import Path

from benchmarks.report import Table, write_results
from praxi_tasks.audit import AuditReport, LocalAudit, State
from praxi_tasks.discovery import Model
from praxi_tasks.learning.training import learn_files
from praxi_tasks.oci.image import Platform
from praxi_tasks.store import open_store
from tests.support.hostile_registry import HostileRegistry, run_hostile_registry
from tests.support.images import Layer, image, layer

IMAGES, LAYERS_PER_IMAGE = 100, 10
SITE = "usr/local/lib/python3.11/site-packages"


class Silence:
    """Nobody watches a benchmark."""

    def step(self, name: str, total: int) -> None:
        """See nothing."""

    def advance(self, amount: int) -> None:
        """See nothing."""


def releases() -> tuple[Path, list[dict[str, list[list[str]]]]]:
    """Return the file of real releases and its lines."""
    data = Path(os.environ.get("PRAXI_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    path = data / "pypi-releases.jsonl.xz"
    with lzma.open(path, "rt") as file:
        return path, [json.loads(line) for line in file]


def layers(contents: list[dict[str, list[list[str]]]]) -> list[Layer]:
    """Make distinct layers of the releases' paths."""
    chosen = random.Random(1)
    return [
        layer(
            {f"{SITE}/{path}": f"{number} {path}".encode() for path, _, _ in chosen.choice(contents)["files"]}
        )
        for number in range(IMAGES * LAYERS_PER_IMAGE)
    ]


def timed_audit(references: list[str], store: Path, model: Model) -> tuple[float, AuditReport]:
    """Audit and return the seconds it took."""
    work = LocalAudit(open_store(store.as_uri()), Platform(), Silence())
    start = time.perf_counter()
    plan = work.plan(references)
    report = work.predict(plan, work.fingerprint(plan), model)
    return time.perf_counter() - start, report


def fetched(registry: HostileRegistry, made: list[Layer]) -> int:
    """Return how many layer blobs were asked for; configurations are not layers."""
    digests = {one.digest for one in made}
    return sum(asked.path.rpartition("/")[2] in digests for asked in registry.asked)


def serve(registry: HostileRegistry, made: list[Layer]) -> list[str]:
    """Serve the layers as images."""
    return [registry.serve(f"bench/{number}", "1", image(made[number::IMAGES])) for number in range(IMAGES)]


def main() -> None:
    """Measure both audits and write the table."""
    path, contents = releases()
    model = learn_files([path]).model
    with tempfile.TemporaryDirectory() as folder, run_hostile_registry() as registry:
        made = layers(contents)
        references = serve(registry, made)
        first, _ = timed_audit(references, Path(folder), model)
        read = fetched(registry, made)
        second, report = timed_audit(references, Path(folder), model)
        again = fetched(registry, made) - read
    assert report.count(State.CACHED) == IMAGES
    total = IMAGES * LAYERS_PER_IMAGE
    table = Table("audit", "s", "ms per layer", "layers fetched", "ratio")
    table.add("first", f"{first:.2f}", f"{first / total * 1e3:.2f}", read, "1")
    table.add(
        "second", f"{second:.2f}", f"{second / total * 1e3:.2f}", again, f"{first / second:.1f}x faster"
    )
    write_results(
        "reaudit", f"Re-audit of {total:,} layers in {IMAGES} images (bar: ≤ 1 ms, 0 fetched)", table
    )


if __name__ == "__main__":
    main()
