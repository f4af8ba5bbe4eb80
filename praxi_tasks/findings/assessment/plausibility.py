"""Whether a day's list of images is plausible beside those of the days before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

import msgspec

from praxi_tasks.findings.assessment.document import ImageRecord, TrendPoint, images_by_cluster
from praxi_tasks.findings.scope import Scope

WEEK: Final = 7
PLAUSIBLE_SHARE: Final = 0.5
"""The smallest share of the week's median that a day may list, unless a setting says otherwise."""
_NAMED: Final = 5


def with_plausibility(
    scope: Scope, images: Sequence[ImageRecord], trend: Iterable[TrendPoint], share: float = PLAUSIBLE_SHARE
) -> Scope:
    """Return the scope of a daily audit, which is not whole if it lists implausibly few images.

    Where there are several clusters, each of them counts by itself: one that falls silent is a small part of
    all images. A list that really became shorter is believed once half of the week has said so.

    Parameters
    ----------
    images
        Those that the audit lists.
    trend
        The audits before, oldest first. Days whose list was not whole for another reason are passed over.
    share
        Of the median of the last seven audits; fewer than that are implausible. Nothing is where it is 0.
    """
    week = [point for point in trend if point.listed][-WEEK:]
    if not scope.is_daily or not week:
        return scope
    problems = [*_of_all(len(images), week, share), *_of_clusters(images, week, share)][:_NAMED]
    if not problems:
        return scope
    return msgspec.structs.replace(
        scope,
        whole=False,
        problems=(*scope.problems, *problems),
        implausible=scope.whole,
    )


def _of_all(images: int, week: Sequence[TrendPoint], share: float) -> Iterator[str]:
    usual = median(point.images for point in week)
    if images < share * usual:
        yield f"{images} images are listed, where the median of the last {len(week)} audits is {usual:g}"


def _of_clusters(images: Sequence[ImageRecord], week: Sequence[TrendPoint], share: float) -> Iterator[str]:
    counts = images_by_cluster(images)
    for cluster in sorted({name for point in week for name in point.clusters}):
        usual = median(point.clusters.get(cluster, 0) for point in week)
        if counts.get(cluster, 0) < share * usual:
            yield (
                f"{counts.get(cluster, 0)} images of the cluster {cluster} are listed, where the median of "
                f"the last {len(week)} audits is {usual:g}"
            )
