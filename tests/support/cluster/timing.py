"""When a pod's life went on, by the machine's clock: a measurement tells the node's share apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PodTimes:
    """Moments in seconds since 1970: the API server accepted the pod, it ran, and its end was told."""

    accepted: float
    started: float
    finished: float
    told: float

    @property
    def ran(self) -> float:
        """For how many seconds its containers ran."""
        return self.finished - self.started

    @property
    def node(self) -> float:
        """For how many seconds the node kept others waiting: before the containers ran, and after."""
        return self.started - self.accepted + self.told - self.finished


def pod_times(accepted: float, states: Iterable[Mapping[str, str]], told: float) -> PodTimes:
    """Return a pod's times, from what podman says of the containers' states."""
    spans = [
        [datetime.fromisoformat(state[name]) for name in ("StartedAt", "FinishedAt")] for state in states
    ]
    started, finished = (moments for moments in zip(*spans, strict=True))
    return PodTimes(accepted, min(started).timestamp(), max(finished).timestamp(), told)
