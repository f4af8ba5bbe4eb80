"""Whether a day's list of images is plausible beside those of the days before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import dropwhile
from statistics import median
from typing import Final

import msgspec

from praxi_tasks.findings.assessment.document import ImageRecord, Places, TrendPoint
from praxi_tasks.findings.assessment.identity import split_key
from praxi_tasks.findings.scope import ListGap, Scope

WEEK: Final = 7
PLAUSIBLE_SHARE: Final = 0.5
"""The smallest share of the week's median that a day may list, unless a setting says otherwise."""
_SILENT: Final = (
    "nothing was heard of the kube-state-metrics of the cluster {}, so what ran there is not known: check "
    "that it is scraped; if the cluster is gone, list the others in the connection's extra 'clusters'"
)


def with_plausibility(
    scope: Scope, images: Sequence[ImageRecord], trend: Iterable[TrendPoint], share: float = PLAUSIBLE_SHARE
) -> Scope:
    """Return the scope of a daily audit, which has a gap for each cluster that lists implausibly few images.

    Each cluster counts by itself: one that falls silent is a small part of all images. A list that really
    became shorter is believed once half of the week has said so.

    Parameters
    ----------
    images
        Those that the audit lists.
    trend
        The audits before, oldest first. Days whose list was not whole for another reason are passed over.
    share
        Of the median of the last seven audits; fewer than that are implausible. Nothing is where it is 0.
    """
    if not scope.is_daily:
        return scope
    counts = Counter(image.cluster for image in images)
    week = [point for point in trend if point.listed]
    named = {name for point in week[-WEEK:] for name in point.clusters}
    clusters = {name for name in ("", *named) if scope.expected is None or name in scope.expected}
    gaps = (_gap(name, counts[name], _week(week, name), share) for name in sorted(clusters))
    return msgspec.structs.replace(scope, gaps=(*scope.gaps, *(gap for gap in gaps if gap)))


def _week(points: Iterable[TrendPoint], cluster: str) -> list[int]:
    """Return how many images a cluster had in the last audits that saw it, since it first had one."""
    counts = [point.images_of(cluster) for point in points if cluster not in point.blind]
    return list(dropwhile(lambda count: not count, counts))[-WEEK:]


def _gap(cluster: str, count: int, week: Sequence[int], share: float) -> ListGap | None:
    usual = median(week) if week else 0
    if count >= share * usual:
        return None
    whose = f"{count} images" + (f" of the cluster {cluster}" if cluster else "")
    problem = f"{whose} are listed, where the median of the last {len(week)} audits is {usual:g}"
    return ListGap(problem, cluster, implausible=True)


def with_silent_clusters(scope: Scope, places: Places) -> Scope:
    """Return the scope of a daily audit, which has a gap for each known cluster that was not heard at all.

    That a cluster is gone is for a person to say: by the connection's list of those that there are.
    """
    if not scope.is_daily or not scope.clusters:
        return scope
    known = {split_key(key)[0] for key in places} if scope.expected is None else set(scope.expected)
    gaps = (
        ListGap(_SILENT.format(cluster or "that has no name"), cluster)
        for cluster in sorted(known - set(scope.clusters))
    )
    return msgspec.structs.replace(scope, gaps=(*scope.gaps, *gaps))
