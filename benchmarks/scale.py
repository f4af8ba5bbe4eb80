"""Plan and reduce an audit of 10,000 images, and simulate how long its pods take.

    python -m benchmarks.scale [--images 10000] [--slots 32] [--times benchmarks/results/pod_times.json]

The images have six layers each, four or five of them from one of 400 base images, so that 80% of the layers
are shared. Nothing is fetched: a registry's latency is not what is measured. Planning and reducing run in a
process of their own, whose peak memory is reported. The simulation draws pod times from recorded ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.makespan import lower_bound, read_times, simulate
from benchmarks.report import Table, write_results
from praxi_tasks.audit import (
    AuditRun,
    DeployedImage,
    Plan,
    State,
    StoredLayers,
    Summary,
    make_plan,
    reduce_audit,
)
from praxi_tasks.discovery import LayerPrediction, ReleasePrediction
from praxi_tasks.inventory import Claim, Distribution, Inventory
from praxi_tasks.oci.image import Descriptor, Image, Platform
from praxi_tasks.store import Store, documents, keys, open_store

BASES = 400
LAYERS = 6
MODEL = "benchmark"
GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
RUN = "scale"


def digest(name: str) -> str:
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def make_images(count: int, chance: random.Random) -> list[Image]:
    """Images whose lower layers come from few bases; sizes are log-normal with a median of 6 MB."""

    def layer(name: str) -> Descriptor:
        size = min(int(chance.lognormvariate(15.6, 1.6)), 2**31)
        return Descriptor(GZIP, digest(name), size)

    bases = [[layer(f"base {base} {level}") for level in range(LAYERS - 1)] for base in range(BASES)]
    images = []
    for number in range(count):
        shared = bases[chance.randrange(BASES)][: LAYERS - 1 if number % 5 else LAYERS - 2]
        own = [layer(f"own {number} {level}") for level in range(LAYERS - len(shared))]
        name = f"registry.example.org/team-{number % 97}/app-{number}:1.0"
        images.append(
            Image(
                reference=name,
                digest=digest(name),
                config_digest=digest(name + "config"),
                platform=Platform("linux", "amd64"),
                layers=(*shared, *own),
            )
        )
    return images


def fill(store: Store, plan: Plan, chance: random.Random) -> None:
    """What pods would have left in the store: a prediction and an inventory for every layer."""
    debian = Distribution("debian", "12", "bookworm")
    for number, layer in enumerate(plan.layers):
        releases = tuple(
            ReleasePrediction(
                "pypi", f"package-{chance.randrange(5000)}", ("1.2.3",), 0.99, ("usr/lib/a.py",), 9
            )
            for _ in range(5)
        )
        prediction = LayerPrediction(layer.digest, MODEL, releases)
        store.put(keys.layer_prediction(layer.digest, MODEL), msgspec.json.encode(prediction))
        claims = tuple(
            Claim("deb", f"lib-{name}", "1.0-1", "var/lib/dpkg/status")
            for name in range(80 if number < 2000 else 3)
        )
        inventory = Inventory(layer.digest, claims, ("var/lib/dpkg/status",), debian)
        store.put(keys.layer_inventory(layer.digest), inventory.to_bytes())


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that work took, by the clock and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def batch_bytes(plan: Plan) -> list[int]:
    """Bytes of each batch, the largest first."""
    sums = [0] * plan.batches
    for layer in plan.layers:
        if layer.batch >= 0:
            sums[layer.batch] += layer.size
    return sorted(sums, reverse=True)


def xcom_bytes(plan: Plan, store: Store) -> int:
    """Return the bytes of the Dag's XCom values: the batches, each pod's name and namespace, the summary."""
    pods = plan.batches + 3
    pod = len(json.dumps("praxi-fingerprint-a1b2c3d4")) + len(json.dumps("praxi"))
    documents = store.get(keys.run(RUN, "batches.json")) + store.get(keys.run(RUN, "summary.json"))
    return len(documents) + pods * pod


def measure(count: int, folder: Path) -> dict[str, float]:
    chance = random.Random(7)
    images = make_images(count, chance)
    by_name = {image.reference: image for image in images}
    store = open_store(folder.as_uri())
    deployed = tuple(DeployedImage(image=name, pods=3, namespaces=("shop",)) for name in by_name)
    run = AuditRun(store, RUN)
    plans: list[Plan] = []

    def plan() -> None:
        plans.append(make_plan(deployed, lambda image: (by_name[image.image], ()), store))
        documents.write(store, run.key("plan.json"), plans[0])
        documents.write(store, run.key("batches.json"), list(range(plans[0].batches)))

    planning = timed(plan)
    fill(store, plans[0], chance)

    def reduce() -> None:
        report = reduce_audit(plans[0], {}, StoredLayers(store, MODEL), MODEL)
        documents.write(store, run.key("report.json"), report)
        counts = {state: report.count(state) for state in State}
        documents.write(store, run.key("summary.json"), Summary(counts, 0, run.key("report.json")))

    reducing = timed(reduce)
    batches = batch_bytes(plans[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "references": sum(len(image.layers) for image in images),
        "layers": len(plans[0].layers),
        "reference_bytes": sum(layer.size for image in images for layer in image.layers),
        "plan_bytes": sum(layer.size for layer in plans[0].layers),
        "planning": planning[0],
        "planning_cpu": planning[1],
        "reducing": reducing[0],
        "reducing_cpu": reducing[1],
        "peak_mib": peak,
        "batches": plans[0].batches,
        "spread": batches[0] / batches[-1] - 1,
        "largest_layer": max(layer.size for layer in plans[0].layers),
        "xcom": xcom_bytes(plans[0], store),
        "batch_bytes": batches,  # type: ignore[dict-item]
    }


def table(found: dict[str, float], slots: int, times: Path) -> Table:
    made = Table("what", "measured", "bar")
    made.add("layers", f"{found['references']:,} in all, {found['layers']:,} distinct", "-")
    ratio = found["reference_bytes"] / found["plan_bytes"]
    image_by_image = f"{found['reference_bytes'] / 1e9:,.0f} GB image by image, {ratio:.1f} times as much"
    made.add("bytes to read", f"{found['plan_bytes'] / 1e9:,.0f} GB; {image_by_image}", "-")
    for step in ("planning", "reducing"):
        made.add(step, f"{found[step]:.1f} s, {found[f'{step}_cpu']:.1f} s of the processor", "-")
    both = found["planning"] + found["reducing"], found["planning_cpu"] + found["reducing_cpu"]
    made.add("both", f"{both[0]:.1f} s, {both[1]:.1f} s of the processor", "≤ 10 s")
    made.add("peak memory", f"{found['peak_mib']:.0f} MiB, this program's own images included", "≤ 500 MB")
    made.add("batches", f"{found['batches']:.0f}", "≤ 1,024")
    made.add("the largest batch", f"{found['spread']:.1%} larger than the smallest", "≤ 10%")
    made.add("the largest layer", f"{found['largest_layer'] / 1e9:.1f} GB: a layer is never split", "-")
    made.add("XComs of a run", f"{found['xcom'] / 1024:.1f} KiB", "≤ 64 KiB")
    if times.exists():
        made.add(*makespan(found["batch_bytes"], slots, times))  # type: ignore[arg-type]
    return made


def makespan(sizes: Sequence[int], slots: int, times: Path) -> tuple[str, str, str]:
    recorded = read_times(times)
    took, bound = simulate(sizes, recorded, slots, random.Random(7)), lower_bound(sizes, recorded, slots)
    measured = f"{took / 60:.1f} min, from {len(recorded)} recorded pods; bytes / slots {bound / 60:.1f} min"
    return f"makespan on {slots} slots", measured, f"{took / bound:.2f} times the lower bound"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("--times", type=Path, default=Path(__file__).parent / "results" / "pod_times.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(options.images, Path(folder))
    title = f"An audit of {options.images:,} images, planned, reduced, and its pods simulated"
    write_results("scale", title, table(found, options.slots, options.times))


if __name__ == "__main__":
    main()
