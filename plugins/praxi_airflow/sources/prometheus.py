"""The images that a cluster's containers ran in an interval, by kube-state-metrics' metrics in Prometheus."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final, TypeAlias, TypeVar

from praxi_airflow.errors import PartialAnswerError, PrometheusUnavailableError, QueryRefusedError
from praxi_airflow.hooks import PrometheusHook, Series
from praxi_airflow.intervals import Interval
from praxi_airflow.sources import queries
from praxi_airflow.sources.containers import Container, Life, Seen, Sightings, images_of, nameless
from praxi_airflow.sources.list_gaps import (
    STEP,
    Heard,
    gaps_of_names,
    gaps_of_shards,
    gaps_of_silence,
    remarks_on_labels,
    remarks_on_shards,
    remarks_on_silence,
    remarks_on_status,
)
from praxi_airflow.sources.nodes import (
    LABELS,
    NODE_INFO,
    NODE_LABELS,
    POD_INFO,
    POD_LABELS,
    NodePlatforms,
    remarks_on_nodes,
)
from praxi_airflow.sources.queries import CONTAINER, EXPORTED, KINDS, LIFE, Kind, Selection, Window
from praxi_tasks.audit import DeployedImage, ImageList
from praxi_tasks.findings.scope import ListGap

logger = logging.getLogger(__name__)

WINDOW: Final = timedelta(hours=6)
SMALLEST: Final = timedelta(minutes=5)
BEFORE: Final = timedelta(minutes=10)
_PODS: Final = 50
_LAST: Final = datetime.max.replace(tzinfo=UTC).timestamp() // 2

Found = TypeVar("Found")
_Steps: TypeAlias = tuple[str, datetime, int]
"""A cluster, the start of a window, and a number of its steps."""


class PrometheusImages:
    """Asks one Prometheus for the images that were deployed.

    Parameters
    ----------
    hook
        The connection to ask through.
    namespaces
        A pattern (RE2) that a namespace's whole name must match; empty for all.
    platform
        What pods ran on where nothing tells the platform of their node; no image names it.
    """

    def __init__(self, hook: PrometheusHook, namespaces: str = "", platform: str = "linux/amd64") -> None:
        self._hook = hook
        self._namespaces = namespaces
        self._platform = platform
        self._answered = WINDOW

    def deployed(self, interval: Interval) -> tuple[DeployedImage, ...]:
        """Return every image that had a container in the interval; see :meth:`listed`."""
        return self.listed(interval).images

    def listed(self, interval: Interval) -> ImageList:
        """Return every image that had a container in the interval, and whether that is all of them.

        A sample at the interval's start belongs to it, one at its end to the next. A container that lived
        for a single sample is found; one that ran before and goes on is first seen at the start.

        Raises
        ------
        PrometheusError
            See :meth:`PrometheusHook.query`.
        """
        selection = self._selection(interval)
        found = [self._sightings(kind, selection, interval) for kind in KINDS]
        heard = self._heard(interval)
        clusters = sorted({*heard.steps, *(life.cluster for kind in found for life in kind.lives)})
        nodes = self._nodes(selection, interval)
        platform_of = nodes.lookup()
        return ImageList(
            images_of(found, lambda pod: self._other(platform_of(pod))),
            gaps=(
                *map(ListGap, self._hook.problems),
                *gaps_of_silence(heard, clusters),
                *gaps_of_shards(heard),
                *gaps_of_names(nameless(found)),
            ),
            remarks=(
                *remarks_on_silence(heard, clusters),
                *remarks_on_shards(heard),
                *remarks_on_status(found[0]),
                *remarks_on_labels(found),
                *remarks_on_nodes(nodes, self._platform),
            ),
            clusters=tuple(clusters),
            expected=self._hook.endpoint.clusters,
        )

    @cached_property
    def _anywhere(self) -> Selection:
        return Selection(self._hook.endpoint.matchers, self._hook.endpoint.cluster_label)

    def _selection(self, interval: Interval) -> Selection:
        """Return what is asked for: namespaces by the label that kube-state-metrics' own is called."""
        if not self._namespaces:
            return self._anywhere
        select = self._anywhere.of(KINDS[0].info, f'{EXPORTED}namespace!=""')
        renamed = any(
            self._split(window, lambda part: self._ask(queries.any_of(select, part), part))
            for window in _windows(interval, WINDOW)
        )
        return replace(self._anywhere, namespaces=self._namespaces, renamed=renamed)

    def _sightings(self, kind: Kind, selection: Selection, interval: Interval) -> Sightings:
        lives: dict[Life, Seen] = {}
        ran: dict[Container, bool] = {}
        for window in _windows(interval, WINDOW):
            for life, seen in self._split(window, lambda part: self._lives(kind, selection, part)):
                lives[life] = lives[life].joined(seen) if life in lives else seen
            for container, value in self._split(window, lambda part: self._ran(kind, selection, part)):
                ran[container] = ran.get(container, False) or value
        before = Window(interval.start - BEFORE, interval.start)
        known: frozenset[Life] = frozenset()
        if lives:
            known = frozenset(self._split(before, lambda part: self._present(kind, selection, part)))
        logger.info("%s: %d lives of containers in %s", kind.info, len(lives), interval)
        return Sightings(lives, ran, known, kind.init)

    def _other(self, platform: str) -> str:
        return "" if platform == self._platform else platform

    def _nodes(self, selection: Selection, interval: Interval) -> NodePlatforms:
        """Return the platforms of nodes, and where they differ the nodes of pods."""
        nodes = NodePlatforms()
        for metric in (NODE_LABELS, NODE_INFO):
            for labels, cluster in self._told(self._anywhere, metric, LABELS, interval):
                nodes.add_node(labels, cluster)
        if nodes.mixed:
            for labels, cluster in self._told(selection, POD_INFO, POD_LABELS, interval):
                nodes.add_pod(labels, cluster)
        logger.info("platforms of nodes: %s", sorted(set(nodes.nodes.values())) or "not known")
        return nodes

    def _told(
        self, selection: Selection, metric: str, labels: tuple[str, ...], interval: Interval
    ) -> Iterator[tuple[Mapping[str, str], str]]:
        """Yield the labels of a metric's series in the interval, and the cluster of each."""
        by = selection.by(labels)

        def ask(part: Window) -> list[Series]:
            return self._ask(queries.present(selection.of(metric, part.shard), by, part), part)

        for window in _windows(interval, WINDOW):
            for series in self._split(window, ask):
                yield series["metric"], self._container(series).cluster

    def _split(self, window: Window, ask: Callable[[Window], list[Found]]) -> list[Found]:
        """Ask about a window; about parts of it if that is more than the server will answer at once.

        Limits have as many wordings as there are servers: what counts is whether less is answered. What was
        too long once is not tried again.
        """
        if self._answered < window.end - window.start:
            return [found for part in window.halves() for found in self._split(part, ask)]
        try:
            return ask(window)
        except PartialAnswerError:
            raise
        except (QueryRefusedError, PrometheusUnavailableError) as error:
            if not self._may_be_less(window, error):
                raise
        if window.end - window.start > SMALLEST:
            self._answered = (window.end - window.start) / 2 + timedelta(milliseconds=1)
            parts: tuple[Window, ...] = window.halves()
        else:
            parts = window.shards()
        logger.info("too much for one query: asking about %d parts of %s", len(parts), window)
        return [found for part in parts for found in self._split(part, ask)]

    def _may_be_less(self, window: Window, error: Exception) -> bool:
        """Return whether a smaller question may be answered: there is one, and the server is up."""
        if window.shard:
            return False
        return isinstance(error, QueryRefusedError) or self._hook.answers(window.last_instant)

    def _present(self, kind: Kind, selection: Selection, window: Window) -> list[Life]:
        select, by = selection.of(kind.info, window.shard), selection.by(LIFE)
        return [self._life(series) for series in self._ask(queries.present(select, by, window), window)]

    def _ran(self, kind: Kind, selection: Selection, window: Window) -> list[tuple[Container, bool]]:
        select, by = selection.of(kind.running, window.shard), selection.by(CONTAINER)
        answer = self._ask(queries.ran(select, by, window), window)
        return [(self._container(series), _value(series) > 0) for series in answer]

    def _lives(self, kind: Kind, selection: Selection, window: Window) -> list[tuple[Life, Seen]]:
        """Return when each life was seen, asking for samples only of those that began or ended midway."""
        select, by = selection.of(kind.info, window.shard), selection.by(LIFE)
        present = self._present(kind, selection, window)
        first = self._begun(kind, selection, window)
        last = self._times(queries.last_seen(select, by), window)
        start = window.start.timestamp()
        steady = {
            life: Seen(first[life], last[life])
            for life in present
            if life in first and last.get(life, 0.0) >= start
        }
        brief = [life for life in present if life not in steady]
        return [*steady.items(), *self._brief(kind, selection, brief, window)]

    def _begun(self, kind: Kind, selection: Selection, window: Window) -> dict[Life, float]:
        """Return the first time of each life that was there when the window began."""
        there = set(self._present(kind, selection, window.head))
        select, by = selection.of(kind.info, window.shard), selection.by(LIFE)
        times = self._times(queries.first_seen(select, by, window.head), window.head)
        start = window.start.timestamp()
        return {life: max(time, start) for life, time in times.items() if life in there}

    def _times(self, query: str, window: Window) -> dict[Life, float]:
        return {self._life(series): _value(series) for series in self._ask(query, window)}

    def _brief(
        self, kind: Kind, selection: Selection, lives: list[Life], window: Window
    ) -> Iterator[tuple[Life, Seen]]:
        """Yield when lives were seen, from their very samples."""
        wanted = set(lives)
        uids = sorted({life.uid for life in lives if life.uid})
        pods = sorted({life.pod for life in lives if not life.uid})
        for label, names in (("uid", uids), ("pod", pods)):
            for start in range(0, len(names), _PODS):
                some = queries.one_of(label, names[start : start + _PODS])
                query = queries.samples(selection.of(kind.info, some), window)
                for series in self._ask(query, window):
                    life = self._life(series)
                    times = [time for time, _ in series["values"] if time >= window.start.timestamp()]
                    if life in wanted and times:
                        yield life, Seen(min(times), max(times))

    def _heard(self, interval: Interval) -> Heard:
        """Return at how many steps of the interval there are samples of each cluster's kube-state-metrics."""
        return Heard(
            _steps_before(interval.end) - _steps_before(interval.start),
            self._counted(interval, self._steps),
            self._counted(interval, self._steps_without_shards),
        )

    def _counted(self, interval: Interval, ask: Callable[[Window], list[_Steps]]) -> Counter[str]:
        most: dict[tuple[str, datetime], int] = {}
        for window in _windows(interval, WINDOW):
            for cluster, start, steps in self._split(window, ask):
                most[cluster, start] = max(most.get((cluster, start), 0), steps)
        counted = Counter[str]()
        for (cluster, _), steps in most.items():
            counted[cluster] += steps
        return counted

    def _steps(self, window: Window) -> list[_Steps]:
        """Return the clusters that were heard in a window, with its start and at how many of its steps."""
        select, by = self._anywhere.of(KINDS[0].info, window.shard), self._anywhere.by_cluster()
        return self._by_cluster(queries.steps_with(select, by, window, STEP), window)

    def _steps_without_shards(self, window: Window) -> list[_Steps]:
        return self._by_cluster(queries.steps_without_shards(self._anywhere, window, STEP), window)

    def _by_cluster(self, query: str, window: Window) -> list[_Steps]:
        answer = self._ask(query, window)
        return [(self._container(series).cluster, window.start, int(_value(series))) for series in answer]

    def _life(self, series: Series) -> Life:
        life = Life.of(series["metric"], self._hook.endpoint.cluster_label)
        return life._replace(cluster=self._hook.endpoint.cluster or life.cluster)

    def _container(self, series: Series) -> Container:
        container = Container.of(series["metric"], self._hook.endpoint.cluster_label)
        return container._replace(cluster=self._hook.endpoint.cluster or container.cluster)

    def _ask(self, query: str, window: Window) -> list[Series]:
        return self._hook.query(query, window.last_instant)


def _steps_before(moment: datetime) -> int:
    """Return how many steps there are before a moment, since 1970."""
    return math.ceil(moment.timestamp() / STEP)


def _windows(interval: Interval, length: timedelta) -> Iterator[Window]:
    start = interval.start
    while start < interval.end:
        end = min(start + length, interval.end)
        yield Window(start, end)
        start = end


def _value(series: Series) -> float:
    """Return the value of a series; infinity, NaN and times that no calendar has say nothing."""
    value = float(series["value"][1])
    return value if abs(value) <= _LAST else 0.0
