"""What Prometheus is asked about containers, in PromQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# A container, and one life of it with its image; uid and container_id tell apart what shares a name.
CONTAINER: Final = ("namespace", "pod", "uid", "container")
LIFE: Final = (*CONTAINER, "container_id", "image", "image_spec", "image_id")
# Where the scrape's own labels win over the target's, Prometheus renames the target's.
EXPORTED: Final = "exported_"
RENAMED: Final = tuple(EXPORTED + name for name in ("namespace", "pod", "container"))
HEAD: Final = timedelta(minutes=5)
_MILLISECOND: Final = timedelta(milliseconds=1)


def own_label(labels: Mapping[str, str], name: str) -> str:
    """Return the label as kube-state-metrics gave it: Prometheus renames it where the scrape has one."""
    return labels.get(EXPORTED + name) or labels.get(name, "")


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


_HEXADECIMAL: Final = "0123456789abcdef"


@dataclass(frozen=True)
class Window:
    """Times from ``start`` up to, and without, ``end``, as one query sees them.

    ``shard`` is a matcher that leaves a share of the pods, by the first digit of their uid; empty for all.
    """

    start: datetime
    end: datetime
    shard: str = ""

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
        return Window(self.start, min(self.start + HEAD, self.end), self.shard)

    def halves(self) -> tuple[Window, Window]:
        """Return the earlier and the later half."""
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=middle.microsecond // 1000 * 1000)
        return Window(self.start, middle), Window(middle, self.end)

    def shards(self) -> tuple[Window, ...]:
        """Return the window for each share of the pods; together they are all, whatever their uids are."""
        matchers = [f'uid=~"{digit}.*"' for digit in _HEXADECIMAL]
        rest = f'uid!~"[{_HEXADECIMAL}].*"'
        return tuple(Window(self.start, self.end, matcher) for matcher in (*matchers, rest))


@dataclass(frozen=True)
class Selection:
    """Which series of a metric are meant, and which of their labels matter.

    ``matchers`` are the connection's. ``cluster`` is the label that tells clusters apart. ``namespaces`` is a
    pattern that the whole name must match, empty for all; ``renamed`` says that Prometheus has put the
    scrape's own namespace in its place.
    """

    matchers: str
    cluster: str
    namespaces: str = ""
    renamed: bool = False

    def of(self, metric: str, *more: str) -> str:
        """Return the selector of a metric, with more matchers."""
        wanted = [matcher for matcher in (self.matchers, *more) if matcher]
        if self.namespaces:
            label = f"{EXPORTED if self.renamed else ''}namespace"
            wanted.append(f"{label}=~{json.dumps(self.namespaces, ensure_ascii=False)}")
        return f"{metric}{{{','.join(wanted)}}}"

    def by_cluster(self) -> str:
        """Return the grouping by cluster alone."""
        return f"by ({self.cluster})"

    def by(self, labels: tuple[str, ...]) -> str:
        """Return the grouping by labels, by what Prometheus may have renamed them to, and by cluster."""
        return f"by ({', '.join((*labels, *RENAMED, self.cluster))})"


def present(select: str, by: str, window: Window) -> str:
    """Return the query for each container's life that has a sample in the window, however short."""
    return f"max {by} (last_over_time({select}[{window.length}]))"


def first_seen(select: str, by: str, head: Window) -> str:
    """Return the query for the time of each life's first sample in a short window.

    It looks every fifteen seconds, so no sample is passed over; where one from before the window still
    stands, its time is that one's.
    """
    return f"min {by} (min_over_time(timestamp({select})[{head.length}:15s]))"


def last_seen(select: str, by: str) -> str:
    """Return the query for the time of each life's last sample, for those that still stand when asked."""
    return f"max {by} (timestamp({select}))"


def ran(select: str, by: str, window: Window) -> str:
    """Return the query for whether each container ran at some sample of the window: 1 or 0."""
    return f"max {by} (max_over_time({select}[{window.length}]))"


def samples(select: str, window: Window) -> str:
    """Return the query for all samples of a selection."""
    return f"{select}[{window.length}]"


def any_of(select: str, window: Window) -> str:
    """Return the query for how many series a selection has in the window; no series where none."""
    return f"count(last_over_time({select}[{window.length}]))"


def steps_with(select: str, by: str, window: Window, step: int) -> str:
    """Return the query for at how many multiples of ``step`` seconds a selection has samples."""
    return f"count_over_time(count {by} ({select})[{window.length}:{step}s])"


def steps_without_shards(selection: Selection, window: Window, step: int) -> str:
    """Return the query for at how many multiples of ``step`` seconds some of kube-state-metrics' shards lack.

    Each says, among the metrics about itself, which of how many it is.
    """
    by = selection.by_cluster()
    each = f"by ({selection.cluster}, shard_ordinal)"
    there = f"count {by} (count {each} ({selection.of('kube_state_metrics_shard_ordinal', window.shard)}))"
    wanted = f"max {by} ({selection.of('kube_state_metrics_total_shards', window.shard)})"
    return f"count_over_time(({there} < {wanted})[{window.length}:{step}s])"


def one_of(label: str, names: list[str]) -> str:
    """Return the matcher of a label by names, of which a dot is the only special character."""
    pattern = "|".join(name.replace(".", r"\.") for name in names)
    return f"{label}=~{json.dumps(pattern)}"
