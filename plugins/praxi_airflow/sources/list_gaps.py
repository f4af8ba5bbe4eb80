"""What the list of images may lack, and in which cluster and namespace: silence, images without a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from praxi_airflow.image_id import parse_image_id
from praxi_airflow.sources.containers import Life, Sightings
from praxi_airflow.sources.queries import KINDS
from praxi_tasks.findings.scope import ListGap

STEP: Final = 300
"""Seconds between the moments at which kube-state-metrics is looked for."""
SILENCE: Final = timedelta(minutes=30)
"""Longest silence of a cluster's kube-state-metrics, in all, with which its list is still called whole."""
_NOTHING: Final = (
    "Prometheus holds nothing of kube-state-metrics in the interval, so what ran is not known: check that it "
    "is scraped, the connection's matchers, and how long Prometheus keeps samples"
)


class Heard(NamedTuple):
    """At how many of an interval's ``all_steps`` kube-state-metrics was there, by cluster.

    ``incomplete`` is at how many of them shards of it were missing, where they tell how many they are.
    """

    all_steps: int
    steps: Mapping[str, int]
    incomplete: Mapping[str, int] = MappingProxyType({})

    def silence(self, cluster: str) -> timedelta:
        """Return for how long, in all, a cluster was silent."""
        return timedelta(seconds=STEP) * max(0, self.all_steps - self.steps.get(cluster, 0))


def gaps_of_silence(heard: Heard, clusters: Sequence[str]) -> Iterator[ListGap]:
    """Yield a gap for each cluster that was silent for long; one for all where nothing was heard at all.

    Parameters
    ----------
    clusters
        Those of which anything is known.
    """
    if not clusters and heard.all_steps:
        yield ListGap(_NOTHING)
    for cluster in clusters:
        if heard.silence(cluster) > SILENCE:
            yield ListGap(_silent(heard, cluster), cluster)


def remarks_on_silence(heard: Heard, clusters: Iterable[str]) -> Iterator[str]:
    """Yield a sentence about each cluster that was silent for a moment."""
    for cluster in clusters:
        if timedelta(seconds=STEP) < heard.silence(cluster) <= SILENCE:
            yield _silent(heard, cluster)


def gaps_of_shards(heard: Heard) -> Iterator[ListGap]:
    """Yield a gap for each cluster of whose kube-state-metrics a shard was missing for long."""
    for cluster, steps in sorted(heard.incomplete.items()):
        if timedelta(seconds=STEP) * steps > SILENCE:
            yield ListGap(_incomplete(cluster, steps), cluster)


def remarks_on_shards(heard: Heard) -> Iterator[str]:
    """Yield a sentence about each cluster of whose kube-state-metrics a shard was missing for a moment."""
    for cluster, steps in sorted(heard.incomplete.items()):
        if timedelta(seconds=STEP) < timedelta(seconds=STEP) * steps <= SILENCE:
            yield _incomplete(cluster, steps)


def remarks_on_status(found: Sightings) -> Iterator[str]:
    """Yield a sentence about each cluster of which nothing says which containers ran."""
    silent = {life.cluster for life in found.lives} - {container.cluster for container in found.ran}
    for cluster in sorted(silent):
        what = KINDS[0].running + (f" of the cluster {cluster}" if cluster else "")
        yield f"Prometheus has no {what}: containers that had completed before are listed as well"


def remarks_on_labels(kinds: Iterable[Sightings]) -> Iterator[str]:
    """Yield a sentence if containers have no namespace: their images are listed, but nobody's."""
    lost = [life for kind in kinds for life in kind.deployed() if not life.namespace]
    if lost:
        first = min(lost)
        yield (
            f"{len(lost)} containers have no label namespace, the first: {first.name} of pod {first.pod}; "
            "their alerts have none either: let kube-state-metrics' label through"
        )


def gaps_of_names(lives: Iterable[Life]) -> Iterator[ListGap]:
    """Yield a gap for each namespace in which containers ran an image that has no name.

    Such a container may run any image that was listed there before, but for one that was listed while the
    container already ran what it runs now.
    """
    places: defaultdict[tuple[str, str], list[Life]] = defaultdict(list)
    for life in lives:
        places[life.cluster, life.namespace].append(life)
    for (cluster, namespace), some in sorted(places.items()):
        first = min(some)
        yield ListGap(
            f"{len(some)} containers have no image name in any label, the first: {first.name} of pod "
            f"{first.namespace}/{first.pod}; let kube-state-metrics' labels image_spec and image_id through",
            cluster,
            namespace,
            tuple(sorted({_content(life) for life in some})),
        )


def _content(life: Life) -> str:
    """Return what names a container as long as its image is the same."""
    known = parse_image_id(life.image_id).digest or parse_image_id(life.image).digest
    return f"{life.name} {known or life.uid or life.pod}"


def _incomplete(cluster: str, steps: int) -> str:
    minutes = round(steps * STEP / 60)
    return (
        f"a shard of {_named(cluster)} was missing for {minutes} minutes: what only it tells of and ran only "
        "then is not listed"
    )


def _named(cluster: str) -> str:
    return f"kube-state-metrics of the cluster {cluster}" if cluster else "kube-state-metrics"


def _silent(heard: Heard, cluster: str) -> str:
    minutes = round(heard.silence(cluster).total_seconds() / 60)
    return f"{_named(cluster)} was silent for {minutes} minutes: what ran only then is not listed"
