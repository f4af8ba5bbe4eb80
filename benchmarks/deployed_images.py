"""Asking a real Prometheus for a day's images, against fetching every container's samples once a minute.

    PYTHONPATH=.:plugins python -m benchmarks.deployed_images [--containers 2000]

The baseline is what one would write first: ``query_range`` over the containers' series at a step of a
minute, reduced here. It passes over containers that lived less than its step, and finds no short job's end.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.report import Table, write_results
from tests.support import airflow_home
from tests.support.prometheus import Deployment, prometheus

assert airflow_home.HOME  # imported for its effect, before anything imports Airflow

from praxi_airflow.hooks import PrometheusHook  # noqa: E402
from praxi_airflow.intervals import Interval  # noqa: E402
from praxi_airflow.sources import PrometheusImages  # noqa: E402

DAY = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
HOUR = timedelta(hours=1)
INFO = "kube_pod_container_info"


def history(containers: int) -> list[Deployment]:
    """Four fifths run all day long, the rest for ten minutes somewhen; each image has about four."""
    deployments = []
    for number in range(containers):
        start = DAY.start + timedelta(minutes=number % 1400)
        span = (DAY.start - HOUR, DAY.end + HOUR) if number % 5 else (start, start + timedelta(minutes=10))
        image = f"registry.example/app-{number % (containers // 4)}"
        deployments.append(
            Deployment(
                image=f"{image}:1", image_id=f"{image}@sha256:{number % (containers // 4):064x}",
                start=span[0], end=span[1], namespace=f"team-{number % 50}", pod=f"app-{number}-7d8f9c",
            )
        )  # fmt: skip
    return deployments


def by_samples() -> int:
    """Fetch every sample and reduce."""
    images = set()
    with PrometheusHook().get_conn() as client:
        for part in range(24):
            start = DAY.start + part * HOUR
            for series in client.custom_query_range(INFO, start, start + HOUR, step="60"):
                images.add((series["metric"]["image"], series["metric"]["image_id"]))
    return len(images)


def by_praxi() -> int:
    return len(PrometheusImages(PrometheusHook()).deployed(DAY))


def measure(work: Callable[[], int]) -> tuple[int, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--containers", type=int, default=2000)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        prometheus(Path(folder), history(arguments.containers)) as server,
    ):
        os.environ["AIRFLOW_CONN_PRAXI_PROMETHEUS"] = json.dumps({"conn_type": "http", "host": server.url})
        results = {"samples once a minute": measure(by_samples), "praxi": measure(by_praxi)}
    plain = results["samples once a minute"]
    table = Table("way", "images", "s", "CPU s here", "ratio")
    for name, (found, wall, cpu) in results.items():
        table.add(name, found, f"{wall:.2f}", f"{cpu:.2f}", f"{plain[1] / wall:.1f}x faster")
    write_results("deployed_images", f"A day's images of {arguments.containers:,} containers", table)


if __name__ == "__main__":
    main()
