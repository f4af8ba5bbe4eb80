"""Audits as pods, each with a fault: the tries it costs, what is said of it, what is left.

    PYTHONPATH=.:plugins nice .venv/bin/python -m benchmarks.pod_faults [--seed 1] [--minutes 60]

An audit is its four steps, each by the real operator in a process of its own, tried again as Airflow does.
Pods run on the test cluster (podman as its one node), read images from a real registry and write to a real
object store. A fault hits a pod while it writes. Needs root, and what `make test` needs.

Each audit is kept in `results/pod_faults.jsonl`: a run that was stopped goes on, and one with another
seed, also beside it, adds to it. Remove that file where what is measured has changed.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from benchmarks.chaos_images import ChaosImage, chaos_images
from benchmarks.pod_scene import STEPS, Scene, scene
from benchmarks.pod_worker import Worker
from benchmarks.report import RESULTS, Table, write_results
from praxi_tasks.store import keys
from tests.support.cluster.objects import Manifest
from tests.support.faults import Faults, Kind

TRIES: Final = 4  # of a task, as Airflow does by default
_KEPT: Final = RESULTS / "pod_faults.jsonl"
_PATIENCE: Final = 120.0  # seconds for what happens within a few
_SHARE: Final = 0.2  # of requests that go wrong
_WAITED: Final = 3.0  # seconds for which an API server answers nobody


class Fault(NamedTuple):
    """What happens to a step's pod: how it is done, how many tries it costs, and what the lost one says."""

    harm: Callable[[Scene, Manifest], object] | None
    lost: int = 0
    message: str = ""


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


class Audit(msgspec.Struct):
    """An audit, the fault it has in which step, and how it went."""

    seed: int
    number: int
    fault: str
    step: str
    tries: dict[str, int] = {}
    breaches: list[str] = []

    @property
    def run(self) -> str:
        """The name of its run."""
        return f"faults-{self.seed}-{self.number}"


def perform(scene: Scene, audit: Audit) -> None:
    """Do the steps of an audit, one with a fault, and judge it by what it left."""
    run, fault = audit.run, audit.fault
    requests = Faults((Kind.REFUSED, Kind.RESET, Kind.LOST), _SHARE, audit.number)
    requests.active = fault == "requests to the API server fail"
    scene.cluster.gate.faults = requests
    for name in STEPS:
        hit = fault if name == audit.step else "nothing"
        said = _task(scene, run, name, hit)
        audit.tries[name] = len(said) + 1
        audit.breaches += _judged(name, FAULTS[hit], said)
    scene.cluster.gate.faults = None
    audit.breaches += [f"{run}: the pod {each['metadata']['name']} was left" for each in scene.cluster.left()]
    audit.breaches += [f"{run}: containers of {name} were left" for name in scene.cluster.containers()]
    if not scene.store.exists(keys.run(run, "report.json")):
        audit.breaches.append(f"{run}: there is no report")


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


def told(wanted: int) -> None:
    """Write what was found so far, by whichever runs."""
    audits = list(_kept())
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
    breaches = [f"- {audit.fault}, {breach}" for audit in audits for breach in audit.breaches]
    seeds = ", ".join(map(str, sorted({audit.seed for audit in audits})))
    machine = (
        f"{len(audits)} of {wanted} audits, seeds {seeds}; {platform.machine()}, {os.cpu_count()} cores."
    )
    held = "\n".join(["What did not hold:", "", *breaches]) if breaches else "All that must hold did."
    write_results("pod_faults", "Faults of pods, one in each audit", machine, table, held)


def _kept() -> Iterator[Audit]:
    if _KEPT.exists():
        for line in _KEPT.read_bytes().splitlines():
            yield msgspec.json.decode(line, type=Audit)


def _keep(audit: Audit) -> None:
    with _KEPT.open("ab") as file:
        file.write(msgspec.json.encode(audit) + b"\n")


def _planned(count: int, seed: int) -> Iterator[tuple[Audit, ChaosImage]]:
    """Yield the audits of a seed that were not done yet, each with its image."""
    chance, done = random.Random(seed), {audit.number for audit in _kept() if audit.seed == seed}
    for number, image in enumerate(chaos_images(count, seed)):
        audit = Audit(seed, number, chance.choice(list(FAULTS)), chance.choice(STEPS))
        if number not in done:
            yield audit, image


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=200, help="of all seeds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="after which no further audit begins")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as ready:
        deadline = time.monotonic() + 60 * options.minutes
        for audit, image in _planned(options.audits, options.seed):
            if time.monotonic() > deadline or len(list(_kept())) >= options.audits:
                break
            ready.offer(audit.run, image)
            perform(ready, audit)
            _keep(audit)
            told(options.audits)


if __name__ == "__main__":
    main()
