"""What Prometheus is asked about containers, in PromQL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# A container, one life of it, and its image; uid and container_id tell apart what shares a name.
IDENTITY: Final = (
    "namespace",
    "pod",
    "uid",
    "container",
    "container_id",
    "image",
    "image_spec",
    "image_id",
)
HEAD: Final = timedelta(minutes=5)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Kind:
    """A kind of container, by the names of its metrics in kube-state-metrics."""

    info: str
    running: str
    init: bool


KINDS: Final = (
    Kind("kube_pod_container_info", "kube_pod_container_status_running", init=False),
    Kind("kube_pod_init_container_info", "kube_pod_init_container_status_running", init=True),
)


@dataclass(frozen=True)
class Window:
    """Times from ``start`` up to, and without, ``end``, as one query sees them."""

    start: datetime
    end: datetime

    @property
    def last_instant(self) -> datetime:
        """When to ask: Prometheus' own resolution before the end."""
        return self.end - _MILLISECOND

    @property
    def length(self) -> str:
        """The range of a selector. At most one millisecond of it lies before the start."""
        return f"{round((self.end - self.start) / _MILLISECOND)}ms"

    @property
    def head(self) -> Window:
        """The first minutes, as long as Prometheus lets a sample stand."""
        return Window(self.start, min(self.start + HEAD, self.end))

    def halves(self) -> tuple[Window, Window]:
        """Return the earlier and the later half."""
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=middle.microsecond // 1000 * 1000)
        return Window(self.start, middle), Window(middle, self.end)


def selector(metric: str, matchers: str, namespaces: str) -> str:
    """Return the selector of a metric in the namespaces whose whole name the pattern matches."""
    wanted = [matchers] if matchers else []
    if namespaces:
        wanted.append(f"namespace=~{json.dumps(namespaces, ensure_ascii=False)}")
    return f"{metric}{{{','.join(wanted)}}}"


def present(select: str, window: Window) -> str:
    """Return the query for each container's life that has a sample in the window, however short."""
    return f"max by ({', '.join(IDENTITY)}) (last_over_time({select}[{window.length}]))"


def first_seen(select: str, head: Window) -> str:
    """Return the query for the time of each life's first sample in a short window.

    It looks every fifteen seconds, so no sample is passed over; where one from before the window still
    stands, its time is that one's.
    """
    times = f"min_over_time(timestamp({select})[{head.length}:15s])"
    return f"min by ({', '.join(IDENTITY)}) ({times})"


def last_seen(select: str) -> str:
    """Return the query for the time of each life's last sample, for those that still stand when asked."""
    return f"max by ({', '.join(IDENTITY)}) (timestamp({select}))"


def ran(select: str, window: Window) -> str:
    """Return the query for whether each container ran at some sample of the window: 1 or 0."""
    return f"max by (namespace, pod, uid, container) (max_over_time({select}[{window.length}]))"


def samples(metric: str, matchers: str, pods: list[str], window: Window) -> str:
    """Return the query for all samples of a few pods."""
    pattern = "|".join(re_escape(pod) for pod in pods)
    wanted = [matchers] if matchers else []
    wanted.append(f"pod=~{json.dumps(pattern)}")
    return f"{metric}{{{','.join(wanted)}}}[{window.length}]"


def re_escape(name: str) -> str:
    """Return a pattern for a pod's name: a dot is the only special character it can hold."""
    return name.replace(".", r"\.")
