"""Audits as pods, each with a fault: the tries it costs, what is said of it, what is left, what pods cost.

    PYTHONPATH=.:plugins nice .venv/bin/python -m benchmarks.pod_faults [--audits 200] [--minutes 60]

An audit is its four steps, each by the real operator in a process of its own, tried again as Airflow does.
Pods run on the test cluster (podman as its one node), read images from a real registry and write to a real
object store. A fault hits a pod while it writes. Before that, Airflow itself audits nine small images by the
Dag. Needs root, and what `make test` needs. Results are written every ten audits.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from benchmarks.chaos_images import chaos_images
from benchmarks.chaos_real import DAG
from benchmarks.chaos_world import chaos_world
from benchmarks.pod_worker import Worker
from benchmarks.report import Table, write_results
from praxi_tasks.audit import named_images
from praxi_tasks.store import Store, documents, keys, open_store
from tests.cluster.bench import Bench, bench
from tests.support import world
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.objects import Manifest
from tests.support.faults import Faults, Kind
from tests.support.registry import Registry, run_registry
from tests.support.s3 import run_object_store
from tests.support.s3_gate import S3Gate, s3_gate
from tests.support.task_image import build_task_image

STEPS: Final = ("plan", "fingerprint", "predict", "report")
TRIES: Final = 4  # of a task, as Airflow does by default
IMAGES: Final = 9  # of the audit by Airflow
_TOLD_EVERY: Final = 10
_PATIENCE: Final = 120.0  # seconds for what happens within a few
_SHARE: Final = 0.2  # of requests that go wrong
_WAITED: Final = 3.0  # seconds for which an API server answers nobody


class Fault(NamedTuple):
    """What happens to a step's pod: how it is done, how many tries it costs, and what the lost one says."""

    harm: Callable[[Scene, Manifest], object] | None
    lost: int = 0
    message: str = ""


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


FAULTS: Final[dict[str, Fault]] = {
    "nothing": Fault(None),
    "evicted": Fault(lambda s, pod: s.cluster.evict(pod), 1, "the pod was evicted: The node was low on"),
    "drained": Fault(
        lambda s, _: s.cluster.drain(force=True, delete_emptydir_data=True), 1, "its node was drained"
    ),
    "deleted": Fault(lambda s, pod: s.cluster.delete(pod), 1, "somebody deleted it"),
    "node lost": Fault(lambda s, pod: s.cluster.lose_node(pod), 1, "its node was drained or is lost"),
    "out of memory": Fault(
        lambda s, pod: s.cluster.kill_out_of_memory(pod), 1, r"ran out of memory at the limit of \d+ Mi"
    ),
    "worker killed": Fault(None, 1),
    "log cut": Fault(lambda s, pod: s.cluster.cut_log(pod)),
    "API server answers 429 and 5xx": Fault(lambda s, _: s.cluster.refuse_requests(_WAITED, (500, 429, 503))),
    "requests to the API server fail": Fault(None),
}


@dataclass
class Audit:
    """How one audit went."""

    fault: str
    step: str
    tries: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    overheads: list[float] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)


def perform(scene: Scene, run: str, fault: str, step: str) -> Audit:
    """Do the steps of an audit, one with a fault, and judge it by what it left."""
    audit = Audit(fault, step)
    requests = Faults((Kind.REFUSED, Kind.RESET, Kind.LOST), _SHARE, len(run) + int(run.rpartition("-")[2]))
    requests.active = fault == "requests to the API server fail"
    scene.cluster.gate.faults = requests
    for name in STEPS:
        hit = fault if name == step else "nothing"
        began, before = time.monotonic(), len(scene.cluster.history)
        said = _task(scene, run, name, hit)
        audit.seconds[name], audit.tries[name] = time.monotonic() - began, len(said) + 1
        audit.breaches += _judged(name, FAULTS[hit], said)
        if fault == "nothing":
            audit.overheads.append(audit.seconds[name] - scene.cluster.ran(scene.cluster.history[before]))
    scene.cluster.gate.faults = None
    audit.breaches += [f"{run}: the pod {each['metadata']['name']} was left" for each in scene.cluster.left()]
    audit.breaches += [f"{run}: containers of {name} were left" for name in scene.cluster.containers()]
    if not scene.store.exists(keys.run(run, "report.json")):
        audit.breaches.append(f"{run}: there is no report")
    return audit


def _judged(step: str, fault: Fault, said: list[str]) -> Iterator[str]:
    if len(said) != fault.lost:
        yield f"{step} lost {len(said)} tries, not {fault.lost}: {said}"
    for message in said:
        if not re.search(fault.message, message):
            yield f"{step} said {message!r}"


def _task(scene: Scene, run: str, step: str, fault: str) -> list[str]:
    """Try a step until it succeeds, and return what the lost tries said."""
    said: list[str] = []
    with ExitStack() as held:
        harmed = fault in {"nothing", "requests to the API server fail"}
        if not harmed:
            held.enter_context(scene.gate.holding("/store/"))
        while len(said) < TRIES:
            worker = Worker(run, step, len(said) + 1)
            if not harmed:
                harmed = True
                _harm(scene, run, step, fault, worker, said)
                held.close()
                if fault == "worker killed":
                    continue
            if (message := worker.end()) is None:
                return said
            said.append(message)
    return said


def _harm(scene: Scene, run: str, step: str, fault: str, worker: Worker, said: list[str]) -> None:
    """Let the fault happen to the step's pod, in the middle of its work."""
    pod = _running_pod(scene, run)
    _until(lambda: scene.cluster.log_streams(pod) > 0)
    if harm := FAULTS[fault].harm:
        harm(scene, pod)
        return
    worker.kill()
    said.append("")
    next_one = Worker(run, step, 2)
    _until(lambda: scene.cluster.log_streams(pod) > 1)  # the next try found it again
    next_one.kill()


def _running_pod(scene: Scene, run: str) -> Manifest:
    found: list[Manifest] = []

    def there() -> bool:
        found[:] = [
            pod
            for pod in scene.cluster.pods("praxi")
            if pod["status"]["phase"] == "Running" and pod["metadata"]["labels"]["praxi/run"] == run
        ]
        return bool(found)

    _until(there)
    return found[0]


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError("what a fault waits for did not happen")
        time.sleep(0.02)


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


def whole_audit(folder: Path) -> tuple[float, dict[str, float]]:
    """Let Airflow audit small images by the Dag; return the run's seconds, and those of each task."""
    with chaos_world(folder, IMAGES, 0.0, 1, 1) as ready:
        ready.airflow.cli("dags", "unpause", DAG)
        deadline = time.monotonic() + 5 * _PATIENCE
        run: dict[str, Any] = {}
        while run.get("state") not in {"success", "failed"} and time.monotonic() < deadline:
            time.sleep(1)
            run = next((each for each in ready.airflow.runs(DAG) if each["run_type"] == "scheduled"), {})
        if run.get("state") != "success":
            raise RuntimeError(f"the audit by Airflow ended in {run.get('state')}")
        place = f"/dags/{DAG}/dagRuns/{run['dag_run_id'].replace('+', '%2B')}/taskInstances"
        tasks = ready.airflow.call("GET", place)["task_instances"]
    times = {each["task_id"]: each["duration"] or 0.0 for each in tasks}
    begin, end = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return (end - begin).total_seconds(), times


def told(audits: list[Audit], wanted: int, seed: int, whole: tuple[float, dict[str, float]] | None) -> None:
    """Write what was found so far."""
    table = Table("fault", "audits", "tries it costs", "tries lost", "breaches")
    for name, fault in FAULTS.items():
        mine = [audit for audit in audits if audit.fault == name]
        lost = Counter(sum(audit.tries.values()) - len(STEPS) for audit in mine)
        table.add(
            name,
            len(mine),
            fault.lost,
            ", ".join(f"{number}: {lost[number]} times" for number in sorted(lost)),
            sum(len(audit.breaches) for audit in mine),
        )
    overheads = sorted(each for audit in audits for each in audit.overheads)
    breaches = [f"- {audit.fault}, {breach}" for audit in audits for breach in audit.breaches]
    load = os.getloadavg()[2]
    machine = (
        f"{len(audits)} of {wanted} audits, seed {seed}; {platform.machine()}, {os.cpu_count()} cores, on "
        f"which {load:.1f} processes wanted to run (mean of the last quarter of an hour)."
    )
    parts: list[object] = [
        machine,
        table,
        "\n".join(["What did not hold:", "", *breaches]) if breaches else "All that must hold did.",
    ]
    if overheads:
        parts.append(
            f"A step of an audit without a fault took {statistics.median(overheads):.1f} s (median of "
            f"{len(overheads)}; least {overheads[0]:.1f} s) longer than its container ran: from the task's "
            "start to its end, with the node's start of the pod."
        )
    if whole is not None:
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in whole[1].items())
        parts.append(f"Airflow audited {IMAGES} small images by the Dag in {whole[0]:.0f} s: {steps}.")
    write_results("pod_faults", "Faults of pods, one in each audit", *parts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="after which no further audit begins")
    options = parser.parse_args()
    chance, audits = random.Random(options.seed), []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "whole").mkdir()
        whole = whole_audit(Path(folder) / "whole")
        began = time.monotonic()
        with scene(Path(folder)) as ready:
            for number, image in enumerate(chaos_images(options.audits, options.seed)):
                run = f"faults-{number}"
                reference = ready.registry.push(image.name, image.manifest)
                documents.write(ready.store, keys.run(run, "images.json"), named_images([reference]))
                audits.append(perform(ready, run, chance.choice(list(FAULTS)), chance.choice(STEPS)))
                if len(audits) % _TOLD_EVERY == 0:
                    told(audits, options.audits, options.seed, whole)
                if time.monotonic() - began > 60 * options.minutes:
                    break
        told(audits, options.audits, options.seed, whole)


if __name__ == "__main__":
    main()
