"""Kills pods, workers, the scheduler and the triggerer, and takes servers away, while an audit runs."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.support.airflow import Airflow
from tests.support.cluster.cluster import Cluster
from tests.support.faults import Faults

_PAUSE: Final = 0.5
_ROUND: Final = 30.0  # seconds; in each a server of Airflow's may die
_TASK: Final = 30.0  # seconds; within these a worker dies
_AWAY: Final = 15.0  # seconds for which another server is away
_PODS: Final = ("evict", "kill_out_of_memory", "lose_node")


class Killer:
    """Works in a thread of its own; everything it does is counted in ``counts``.

    Parameters
    ----------
    folder
        Where Airflow's servers keep their logs.
    share
        How many of the pods, of the workers, and how often the servers are killed, 0 to 1.
    others
        The faults of the servers that go away now and then, by name.
    """

    def __init__(
        self,
        airflow: Airflow,
        folder: Path,
        cluster: Cluster,
        others: Sequence[tuple[str, Faults]],
        share: float,
        seed: int,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._airflow, self._folder, self._cluster, self._others = airflow, folder, cluster, others
        self._share = share
        self._chance = random.Random(seed)
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._seen: set[str] = set()
        self._round = 0.0
        self._over = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="killer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with every server of Airflow's running and every other one back."""
        self._over.set()
        self._thread.join()
        for _, faults in self._others:
            faults.away = False
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while not self._over.wait(_PAUSE):
                self._look_around(time.monotonic())
        except Exception as error:  # shown by the thread that ends this one
            self._error = error

    def _look_around(self, now: float) -> None:
        self._look_at_pods(now)
        self._look_at_workers(now)
        if now >= self._round:
            self._round = now + _ROUND
            self._look_at_servers(now)
        for moment, harm in [each for each in self._due if each[0] <= now]:
            self._due.remove((moment, harm))
            harm()

    def _is_hit(self, victim: str, share: float) -> bool:
        """Return whether something dies that was not seen before."""
        if victim in self._seen:
            return False
        self._seen.add(victim)
        return self._chance.random() < share

    def _later(self, now: float, seconds: float, harm: Callable[[], None]) -> None:
        self._due.append((now + self._chance.uniform(0, seconds), harm))

    def _look_at_pods(self, now: float) -> None:
        for pod in self._cluster.pods():
            if pod["status"]["phase"] != "Running" or not self._is_hit(pod["metadata"]["uid"], self._share):
                continue
            how = self._chance.choice(_PODS)

            def harm(pod: dict[str, object] = pod, how: str = how) -> None:
                getattr(self._cluster, how)(pod)
                self.counts[f"pod: {how.replace('_', ' ')}"] += 1

            self._later(now, 2, harm)

    def _look_at_workers(self, now: float) -> None:
        for pid, title in _busy_workers(self._airflow.servers["scheduler"].members()):
            if self._is_hit(f"{pid} {title}", self._share / 2):  # a task has two: its own, and who watches it
                self._later(now, _TASK, lambda pid=pid, title=title: self._kill_worker(pid, title))  # type: ignore[misc]

    def _kill_worker(self, pid: int, title: str) -> None:
        if (pid, title) in _busy_workers([pid]):
            _kill(pid)
            self.counts["worker: SIGKILL"] += 1

    def _look_at_servers(self, now: float) -> None:
        for name in ("scheduler", "triggerer"):
            if self._chance.random() < self._share:
                self._later(now, _ROUND / 2, lambda name=name: self._kill_server(name))  # type: ignore[misc]
        for name, faults in self._others:
            if self._chance.random() < self._share:
                self._take_away(now, name, faults)

    def _kill_server(self, name: str) -> None:
        """Kill one of Airflow's servers, alone or with all it started, and start another."""
        alone = self._chance.random() < 0.5
        server = self._airflow.servers[name]
        leader = int(server.pid_file.read_text().split()[0])
        for pid in [leader] if alone else server.members():
            _kill(pid)
        self.counts[f"{name}: SIGKILL{'' if alone else ' with its workers'}"] += 1
        while leader in server.members():
            time.sleep(0.05)
        log = server.log.read_bytes()
        with (self._folder / f"{name}.killed.log").open("ab") as kept:
            kept.write(log)
        self._airflow.start(name, self._folder)

    def _take_away(self, now: float, name: str, faults: Faults) -> None:
        faults.away = True
        self.counts[f"{name}: away for {_AWAY:.0f} s"] += 1

        def back() -> None:
            faults.away = False

        self._due.append((now + _AWAY, back))


def _busy_workers(pids: Sequence[int]) -> list[tuple[int, str]]:
    """Return those of the processes that work on a task, with their titles.

    An idle one may hold the lock of its executor's queue: Airflow would wait for it for ever.
    """
    found = []
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").strip("\0 ")
            if title.startswith("airflow worker -- ") and not title.endswith("<idle>"):
                found.append((pid, title))
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
