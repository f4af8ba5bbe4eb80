"""What a step as a pod costs beyond its container's run, and how long Airflow's audit of nine images takes.

    PYTHONPATH=.:plugins nice .venv/bin/python -m benchmarks.pod_overhead [--audits 5]

First, audits of one image, each step by the real operator in a process of its own: from the task's start to
its end. Then Airflow itself audits nine small images by the Dag, from the run's start to its end. Pods run on
the test cluster (podman as its one node), read images from a real registry and write to a real object store.
What the node takes to start a container, and to tell its end, is not ours: it is told apart. Both grow with
what else the machine does, so that is told too. Needs root, and what `make test` needs.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.chaos_images import chaos_images
from benchmarks.chaos_real import DAG
from benchmarks.chaos_world import ChaosWorld, chaos_world
from benchmarks.pod_scene import STEPS, Scene, scene
from benchmarks.pod_worker import Worker
from benchmarks.report import Table, write_results
from tests.support.cluster.timing import PodTimes

IMAGES: Final = 9  # of the audit by Airflow
_PATIENCE: Final = 1800.0  # seconds for that audit
_PRESSURE: Final = Path("/proc/pressure/cpu")


@dataclass(frozen=True)
class Step:
    """How long a step took, and its pod."""

    name: str
    seconds: float
    pod: PodTimes

    @property
    def overhead(self) -> float:
        """Seconds beyond the container's run."""
        return self.seconds - self.pod.ran


class Crowd:
    """Watches for how much of the time since it was made some process of the machine waited for a core."""

    def __init__(self) -> None:
        self._began, self._before = time.monotonic(), _waited()

    def told(self) -> str:
        """Return that share, as a sentence."""
        share = (_waited() - self._before) / (time.monotonic() - self._began)
        return f"In {share:.0%} of that time some process of the machine waited for a core."


def _waited() -> float:
    """Return for how many seconds since its start some process of the machine waited for a core."""
    return int(_PRESSURE.read_text().splitlines()[0].rpartition("total=")[2]) / 1e6


def single_steps(ready: Scene, audits: int) -> Iterator[Step]:
    """Audit images one by one; a first audit warms up, and is not counted."""
    for number, image in enumerate(chaos_images(audits + 1, 1)):
        run = f"overhead-{number}"
        ready.offer(run, image)
        for name in STEPS:
            began, before = time.monotonic(), len(ready.cluster.history)
            if message := Worker(run, name, 1).end():
                raise RuntimeError(message)
            seconds = time.monotonic() - began
            if number:
                yield Step(name, seconds, _times(ready.cluster.times(ready.cluster.history[before])))


def whole_audit(ready: ChaosWorld) -> tuple[float, dict[str, float], list[Step]]:
    """Let Airflow audit by the Dag; return the run's seconds, those of each task, and the steps as pods."""
    ready.airflow.cli("dags", "unpause", DAG)
    deadline = time.monotonic() + _PATIENCE
    run: dict[str, Any] = {}
    while run.get("state") not in {"success", "failed"} and time.monotonic() < deadline:
        time.sleep(1)
        run = next((each for each in ready.airflow.runs(DAG) if each["run_type"] == "scheduled"), {})
    if run.get("state") != "success":
        raise RuntimeError(f"the audit by Airflow ended in {run.get('state')}")
    place = f"/dags/{DAG}/dagRuns/{run['dag_run_id'].replace('+', '%2B')}/taskInstances"
    tasks = {
        each["task_id"]: each["duration"] or 0.0
        for each in ready.airflow.call("GET", place)["task_instances"]
    }
    steps = [
        Step(name, tasks[name], _times(ready.cluster.times(pod)))
        for pod in ready.cluster.history
        if (name := pod["metadata"]["labels"]["praxi/task"]) in tasks
    ]
    begin, end = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return (end - begin).total_seconds(), tasks, steps


def _times(found: PodTimes | None) -> PodTimes:
    if found is None:
        raise RuntimeError("a pod was not seen to end")
    return found


def table_of(steps: Sequence[Step]) -> Table:
    """Return a table of steps: medians of all with one name."""
    table = Table(
        "step", "pods", "task, s", "container, s", "overhead, s", "of it the node, s", "least overhead, s"
    )
    for name in dict.fromkeys(step.name for step in steps):
        mine = [step for step in steps if step.name == name]
        medians = [
            statistics.median(values)
            for values in (
                [step.seconds for step in mine],
                [step.pod.ran for step in mine],
                [step.overhead for step in mine],
                [step.pod.node for step in mine],
            )
        ]
        least = min(step.overhead for step in mine)
        table.add(name, len(mine), *(f"{value:.1f}" for value in (*medians, least)))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as ready:
        crowd = Crowd()
        steps = list(single_steps(ready, options.audits))
        parts: list[object] = [_single_told(steps), crowd.told(), table_of(steps)]
    with tempfile.TemporaryDirectory() as folder, chaos_world(Path(folder), IMAGES, 0.0, 1, 1) as world:
        crowd = Crowd()
        seconds, tasks, pods = whole_audit(world)
        parts += [_whole_told(seconds, tasks, pods), crowd.told(), table_of(pods)]
    machine = f"{platform.machine()}, {os.cpu_count()} cores."
    write_results("pod_overhead", "What a step as a pod costs", machine, *parts)


def _single_told(steps: Sequence[Step]) -> str:
    overheads, nodes = sorted(step.overhead for step in steps), [step.pod.node for step in steps]
    return (
        f"A step took {statistics.median(overheads):.1f} s (median of {len(overheads)}; least "
        f"{overheads[0]:.1f} s) longer than its container ran; {statistics.median(nodes):.1f} s of that were "
        "the node's, to start the container and to tell its end."
    )


def _whole_told(seconds: float, tasks: Mapping[str, float], pods: Sequence[Step]) -> str:
    others = {name: taken for name, taken in tasks.items() if name not in {step.name for step in pods}}
    return (
        f"Airflow audited {IMAGES} small images by the Dag in {seconds:.0f} s. A task's time begins with its "
        "process: Airflow's imports are in it. Tasks without a pod took "
        + ", ".join(f"{name} {taken:.1f} s" for name, taken in others.items())
        + "."
    )


if __name__ == "__main__":
    main()
