"""Whether a day's list of images is plausible beside those of the days before."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Final

import msgspec

from praxi_tasks.findings.assessment.document import TrendPoint
from praxi_tasks.findings.scope import Scope

WEEK: Final = 7
PLAUSIBLE_SHARE: Final = 0.5


def with_plausibility(
    scope: Scope, images: int, trend: Iterable[TrendPoint], share: float = PLAUSIBLE_SHARE
) -> Scope:
    """Return the scope of a daily audit, which is not whole if it lists implausibly few images.

    A cluster that really became smaller is believed once half of the week has said so.

    Parameters
    ----------
    images
        How many the audit lists.
    trend
        The audits before, oldest first.
    share
        Of the median of the last seven audits that listed any; fewer than that are implausible.
    """
    counts = [point.images for point in trend if point.images][-WEEK:]
    if not scope.is_daily or not counts or images >= share * median(counts):
        return scope
    problem = (
        f"{images} images are listed, where the median of the last {len(counts)} audits is {median(counts):g}"
    )
    return msgspec.structs.replace(scope, whole=False, problems=(*scope.problems, problem))
