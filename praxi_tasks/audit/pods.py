"""How the pods of an audit fared, which whoever starts them notes, and the metrics of that.

They are published with all other metrics of the run, so that they have its instance, its dashboard and its
rules, and need no other exporter.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, Final

import msgspec

from praxi_tasks.store import Store, documents, keys

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_FOLDER: Final = "pods"
_COMMANDS: Final = ("plan", "fingerprint", "predict", "report")
"""The commands of an audit that end before its metrics are made."""
_QUANTILES: Final = ("0.5", "1")


class PodEnd(enum.StrEnum):
    """How a pod ended: by its command, for want of memory, by the cluster, or before it began."""

    DONE = "done"
    FAILED = "failed"
    OUT_OF_MEMORY = "out-of-memory"
    LOST = "lost"
    NOT_STARTED = "not-started"


class PodRecord(msgspec.Struct, frozen=True):
    """One pod of a run.

    Attributes
    ----------
    command
        What it ran: ``fingerprint``, for instance.
    start_seconds
        From when the cluster took it to when its container ran; None if it never did.
    """

    command: str
    end: PodEnd
    start_seconds: float | None = None


def note_pod(store: Store, run_id: str, attempt: str, record: PodRecord) -> None:
    """Note how the pod of an attempt at a task fared; ``attempt`` tells it from all others of the run."""
    documents.write(store, keys.run(run_id, f"{_FOLDER}/{keys.part(attempt)}.json"), record)


def read_pods(store: Store, run_id: str) -> list[PodRecord]:
    """Return the pods of a run; none where its tasks ran as processes."""
    found = store.list(keys.run(run_id, _FOLDER))
    return [documents.read(store, key, PodRecord) for key in sorted(found)]


def add_pod_metrics(registry: CollectorRegistry, pods: Iterable[PodRecord]) -> None:
    """Add the metrics of a run's pods; every label value is there every time."""
    from prometheus_client import Gauge

    noted = list(pods)
    counts = Counter((pod.command, pod.end) for pod in noted)
    ended = Gauge("praxi_pods", "Pods of the audit by how they ended", ["command", "end"], registry=registry)
    for command, end in product(_COMMANDS, PodEnd):
        ended.labels(command, end).set(counts[command, end])
    waits = sorted(pod.start_seconds for pod in noted if pod.start_seconds is not None)
    about = "Seconds from a pod's creation to its container's start"
    start = Gauge("praxi_pod_start_seconds", about, ["quantile"], registry=registry)
    for quantile in _QUANTILES:
        start.labels(quantile).set(_nearest_rank(waits, float(quantile)))


def _nearest_rank(ordered: list[float], quantile: float) -> float:
    return ordered[math.ceil(quantile * len(ordered)) - 1] if ordered else math.nan
