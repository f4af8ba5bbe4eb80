"""Alerts that a daily audit's list of images may not be whole: one for each cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.posting import Posting

IMPLAUSIBLE: Final = "PraxiImplausible"


def list_alerts(posting: Posting, active: Iterable[Alert]) -> Iterator[Alert]:
    """Yield an alert for each cluster whose list may not be whole, and the end of what is whole again.

    Parameters
    ----------
    active
        Those that fire.
    """
    problems: defaultdict[str, list[str]] = defaultdict(list)
    for gap in posting.audit.scope.gaps:
        problems[gap.cluster or ""].append(gap.problem)
    firing = {alert.labels.get("cluster", ""): alert for alert in active}
    for cluster in sorted(problems):
        yield _raised(posting, cluster, problems[cluster], firing.get(cluster))
    for cluster in sorted(firing.keys() - problems.keys()):
        yield posting.resolved(firing[cluster])


def _raised(posting: Posting, cluster: str, problems: list[str], before: Alert | None) -> Alert:
    texts = {
        "summary": f"the list of {f'images of {cluster}' if cluster else 'deployed images'} may not be whole",
        "description": "; ".join(problems),
    }
    page = posting.links.overview()
    if before:
        return posting.alert(before.labels, texts, page, before.starts_at)
    labels = posting.labels(IMPLAUSIBLE, {"severity": "high", "cluster": cluster})
    return posting.alert(labels, texts, page, posting.now.isoformat())
