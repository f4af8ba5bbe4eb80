"""How long it takes from a message in a queue until the audit of its image begins, beside a run by hand.

A real Redis, registry, and Airflow (LocalExecutor, triggerer) on this machine::

    PYTHONPATH=.:plugins .venv/bin/python -m benchmarks.push_to_audit --pushes 3
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tests.airflow.world import DAY, World, today, world
from tests.events import bodies
from tests.support import images
from tests.support.airflow import Airflow, airflow
from tests.support.redis_server import redis_client, redis_connection, redis_server

RESULTS: Final = Path(__file__).parent / "results" / "push_to_audit.md"


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=3)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as port,
        world(Path(folder) / "world", [("shop", today(), today() + DAY)]) as there,
        watching(there, port, Path(folder)) as server,
    ):
        pushed = [push(server, there, port, number) for number in range(wanted.pushes)]
        by_hand = [start(server, there, number) for number in range(wanted.pushes)]
    table = written(pushed, by_hand)
    print(table)
    RESULTS.write_text(table)


@contextmanager
def watching(there: World, port: int, folder: Path) -> Iterator[Airflow]:
    """Run an Airflow whose triggerer watches the list ``pushes``."""
    settings = {"event_source": "redis-list", "event_queue": "pushes", "event_connection": "praxi_queue"}
    variables = there.variables(**settings, event_registries=there.registry)
    variables["AIRFLOW_CONN_PRAXI_QUEUE"] = redis_connection(port)
    with airflow(folder / "airflow", variables, also=["triggerer"]) as server:
        for dag in ("praxi_audit", "praxi_on_push"):
            server.cli("dags", "unpause", dag)
        yield server


def push(server: Airflow, there: World, port: int, number: int) -> float:
    """Tell of a new image; return after how many seconds its audit began."""
    name, digest = made(there, f"pushed{number}")
    event = bodies.distribution_event(target_digest=digest, target_repository=name, target_tag="1.0")
    event["request"]["host"] = there.registry
    begun = time.time()
    redis_client(port).rpush("pushes", json.dumps({"events": [event]}))
    return began(server, lambda run: digest in json.dumps(run["conf"])) - begun


def start(server: Airflow, there: World, number: int) -> float:
    """Start an audit by hand; return after how many seconds it began."""
    name, digest = made(there, f"named{number}")
    begun = time.time()
    server.trigger("praxi_audit", {"images": [f"{there.registry}/{name}@{digest}"]})
    return began(server, lambda run: digest in json.dumps(run["conf"])) - begun


def made(there: World, name: str) -> tuple[str, str]:
    """Push a new image into the registry; return its repository and digest."""
    image = images.image([images.layer({f"etc/{name}": os.urandom(8)})])
    images.push(f"{there.registry}/{name}:1.0", image)
    return name, image.digest


def began(server: Airflow, wanted: Callable[[dict[str, Any]], bool]) -> float:
    """Wait until the first task of a wanted audit has begun, and until it is over; return when it began."""

    def mine() -> list[dict[str, Any]]:
        return [run for run in server.runs("praxi_audit") if wanted(run)]

    server.wait_until(lambda: any(run["end_date"] for run in mine()))
    return datetime.fromisoformat(mine()[0]["start_date"]).timestamp()


def written(pushed: list[float], by_hand: list[float]) -> str:
    """Return the table."""
    usual, baseline = statistics.median(pushed), statistics.median(by_hand)
    return f"""# From a push to its audit

`PYTHONPATH=.:plugins .venv/bin/python -m benchmarks.push_to_audit --pushes {len(pushed)}`: seconds until
the run of `praxi_audit` has begun, on {os.cpu_count()} cores whose load was {os.getloadavg()[1]:.0f}; Airflow
with SQLite, LocalExecutor and triggerer, `event_window` 10.

| what starts the audit | median | each |
|---|---|---|
| a message in Redis | {usual:.1f} | {", ".join(f"{each:.1f}" for each in pushed)} |
| a run by hand, by REST | {baseline:.1f} | {", ".join(f"{each:.1f}" for each in by_hand)} |

The message waits {usual - baseline:.1f} s longer: for the look at the queue, for its window, and for three
tasks of Airflow.
"""


if __name__ == "__main__":
    main()
