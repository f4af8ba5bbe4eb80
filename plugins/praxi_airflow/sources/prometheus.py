"""The images that a cluster's containers ran in an interval, by what kube-state-metrics told Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final, TypeVar

from praxi_airflow.errors import QueryTooLargeError
from praxi_airflow.hooks.prometheus import PrometheusHook, Series
from praxi_airflow.intervals import Interval
from praxi_airflow.sources import queries
from praxi_airflow.sources.containers import Container, Life, Seen, Sightings, images_of
from praxi_airflow.sources.queries import KINDS, Kind, Window
from praxi_tasks.audit.deployed import DeployedImage

logger = logging.getLogger(__name__)

WINDOW: Final = timedelta(hours=6)
SMALLEST: Final = timedelta(minutes=5)
BEFORE: Final = timedelta(minutes=10)
_PODS: Final = 50

Found = TypeVar("Found")


class PrometheusImages:
    """Asks one Prometheus for the images that were deployed.

    Parameters
    ----------
    hook
        The connection to ask through.
    namespaces
        A pattern (RE2) that a namespace's whole name must match; empty for all.
    """

    def __init__(self, hook: PrometheusHook, namespaces: str = "") -> None:
        self._hook = hook
        self._namespaces = namespaces

    def deployed(self, interval: Interval) -> tuple[DeployedImage, ...]:
        """Return every image that had a container in the interval; none is no error.

        A sample at the interval's start belongs to it, one at its end to the next. A container that lived
        for a single sample is found; one that ran before and goes on is first seen at the start.

        Raises
        ------
        PrometheusError
            See :meth:`PrometheusHook.query`.
        """
        return images_of([self._sightings(kind, interval) for kind in KINDS])

    def _sightings(self, kind: Kind, interval: Interval) -> Sightings:
        info, running = (self._select(metric) for metric in (kind.info, kind.running))
        lives: dict[Life, Seen] = {}
        ran: dict[Container, bool] = {}
        for window in _windows(interval):
            for life, seen in self._split(window, lambda part: self._lives(kind, info, part)):
                lives[life] = lives[life].joined(seen) if life in lives else seen
            for container, value in self._split(window, lambda part: self._ran(running, part)):
                ran[container] = ran.get(container, False) or value
        before = Window(interval.start - BEFORE, interval.start)
        known = frozenset(self._present(info, before)) if lives else frozenset()
        logger.info("%s: %d lives of containers in %s", kind.info, len(lives), interval)
        return Sightings(lives, ran, known, kind.init)

    def _select(self, metric: str) -> str:
        return queries.selector(metric, self._hook.endpoint.matchers, self._namespaces)

    def _split(self, window: Window, ask: Callable[[Window], list[Found]]) -> list[Found]:
        """Ask about a window; about its halves if that is more than the server will load at once."""
        try:
            return ask(window)
        except QueryTooLargeError:
            if window.end - window.start <= SMALLEST:
                raise
            logger.info("too much for one query: asking about halves of %s", window)
            return [found for half in window.halves() for found in self._split(half, ask)]

    def _present(self, select: str, window: Window) -> list[Life]:
        return [Life.of(series["metric"]) for series in self._ask(queries.present(select, window), window)]

    def _ran(self, select: str, window: Window) -> list[tuple[Container, bool]]:
        found = []
        for series in self._ask(queries.ran(select, window), window):
            labels = series["metric"]
            container = Container(
                *(labels.get(name, "") for name in ("namespace", "pod", "uid", "container"))
            )
            found.append((container, _value(series) > 0))
        return found

    def _lives(self, kind: Kind, select: str, window: Window) -> list[tuple[Life, Seen]]:
        """Return when each life was seen, asking for samples only of those that began or ended midway."""
        present = self._present(select, window)
        first = self._begun(select, window)
        last = self._times(queries.last_seen(select), window)
        start = window.start.timestamp()
        steady = {
            life: Seen(first[life], last[life])
            for life in present
            if life in first and last.get(life, 0.0) >= start
        }
        brief = [life for life in present if life not in steady]
        return [*steady.items(), *self._brief(kind, brief, window)]

    def _begun(self, select: str, window: Window) -> dict[Life, float]:
        """Return the first time of each life that was there when the window began."""
        there = set(self._present(select, window.head))
        times = self._times(queries.first_seen(select, window.head), window.head)
        start = window.start.timestamp()
        return {life: max(time, start) for life, time in times.items() if life in there}

    def _times(self, query: str, window: Window) -> dict[Life, float]:
        return {Life.of(series["metric"]): _value(series) for series in self._ask(query, window)}

    def _brief(self, kind: Kind, lives: list[Life], window: Window) -> Iterator[tuple[Life, Seen]]:
        """Yield when lives were seen, from their very samples."""
        wanted = set(lives)
        pods = sorted({life.pod for life in lives})
        for start in range(0, len(pods), _PODS):
            some = pods[start : start + _PODS]
            query = queries.samples(kind.info, self._hook.endpoint.matchers, some, window)
            for series in self._ask(query, window):
                life = Life.of(series["metric"])
                times = [time for time, _ in series["values"] if time >= window.start.timestamp()]
                if life in wanted and times:
                    yield life, Seen(min(times), max(times))

    def _ask(self, query: str, window: Window) -> list[Series]:
        return self._hook.query(query, window.last_instant)


def _windows(interval: Interval) -> Iterator[Window]:
    start = interval.start
    while start < interval.end:
        end = min(start + WINDOW, interval.end)
        yield Window(start, end)
        start = end


def _value(series: Series) -> float:
    return float(series["value"][1])
