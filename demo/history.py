"""What a cluster ran in the past, written into a Prometheus as kube-state-metrics would have exposed it.

A :class:`Deployment` says which container ran from when to when; ``promtool`` turns the samples into blocks
of past days, so that a real Prometheus answers for last week.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from demo.errors import CommandError

SCRAPE_INTERVAL: Final = timedelta(minutes=2)  # Prometheus forgets a series 5 minutes after its last sample
BLOCK_LENGTH: Final = "24h"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One container of one pod, from its start to its end.

    ``image_id`` is what the container runtime reported, in any of the forms met in the wild, or empty.
    A container that is not ``running`` waits, as one does whose image can't be pulled. The pod's ``uid``
    follows from its name unless given.
    """

    image: str
    start: datetime
    end: datetime
    image_id: str = ""
    namespace: str = "default"
    pod: str = "pod-0"
    container: str = "main"
    init: bool = False
    running: bool = True
    uid: str = ""
    container_id: str = ""

    def series(self) -> Iterator[tuple[str, dict[str, str], int]]:
        """Yield the metric name, labels and value of each series of the container."""
        uid = self.uid or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.namespace}/{self.pod}"))
        place = {"namespace": self.namespace, "pod": self.pod, "uid": uid, "container": self.container}
        image = {
            "image": self.image,
            "image_spec": self.image,
            "image_id": self.image_id,
            "container_id": self.container_id,
        }
        kind = "init_container" if self.init else "container"
        yield f"kube_pod_{kind}_info", {**place, **image}, 1
        yield f"kube_pod_{kind}_status_running", place, int(self.running)


def write_history(deployments: Iterable[Deployment], folder: Path) -> None:
    """Write blocks into a Prometheus's data folder (``folder/prometheus``), before it starts.

    Raises
    ------
    CommandError
        If ``promtool`` refuses the samples.
    """
    data = folder / "prometheus"
    data.mkdir(parents=True, exist_ok=True)
    samples = folder / "history.openmetrics"
    with samples.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in openmetrics(deployments))
    command = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration", BLOCK_LENGTH]
    result = subprocess.run(
        [*command, "openmetrics", samples, data], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise CommandError(f"promtool could not write history: {result.stderr.strip()}", where=str(samples))
    samples.unlink()


def openmetrics(deployments: Iterable[Deployment]) -> Iterator[str]:
    """Yield the lines of an OpenMetrics exposition, metric by metric."""
    families: dict[str, list[tuple[str, int, Deployment]]] = {}
    for deployment in deployments:
        for metric, labels, value in deployment.series():
            text = ",".join(f'{name}="{_escape(label)}"' for name, label in labels.items())
            families.setdefault(metric, []).append((text, value, deployment))
    for metric, series in families.items():
        yield f"# TYPE {metric} gauge"
        for labels_text, value, deployment in series:
            for moment in _scrapes(deployment.start, deployment.end):
                yield f"{metric}{{{labels_text}}} {value} {moment}"
    yield "# EOF"


def _escape(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _scrapes(start: datetime, end: datetime) -> Iterator[int]:
    """Yield the Unix times at which a scraper saw the container; at least one."""
    first = int(start.timestamp())
    yield from range(first, max(int(end.timestamp()), first + 1), int(SCRAPE_INTERVAL.total_seconds()))
