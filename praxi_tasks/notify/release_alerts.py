"""Alerts about releases out of support: one for all images of a cluster and a team that are built on one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from praxi_tasks.findings import severity_rank
from praxi_tasks.findings.assessment import AssessedImage, Told, ended_releases, split_key
from praxi_tasks.findings.finding import listed
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.links import PageLinks
from praxi_tasks.notify.posting import Posting, named_images

ENDED: Final = "PraxiEndOfLife"
_IMAGES: Final = 20


def release_alerts(posting: Posting, active: Iterable[Alert]) -> Iterator[Alert]:
    """Yield an alert for each release out of support, and the end of those that are on none any more.

    What could not be looked for is prolonged; so is everything where the audit before is not remembered.

    Parameters
    ----------
    active
        Those that fire.
    """
    audit, grave = posting.audit, severity_rank(posting.policy.alert_severity)
    raised: defaultdict[tuple[str, ...], set[frozenset[tuple[str, str]]]] = defaultdict(set)
    for end in ended_releases(audit.images):
        if severity_rank(end.finding.severity) <= grave:
            for alert in _raised(posting, end):
                raised[_release_of(alert)].add(alert.identity)
                yield alert
    unseen = {(split_key(one.image)[0], one.key.split("|", 2)[2]) for one in audit.carried if not one.ignored}
    for alert in active:
        if alert.identity in raised.get(_release_of(alert), ()):
            continue
        where = alert.labels.get("cluster", ""), alert.labels.get("package", "")
        unsure = _release_of(alert) not in raised and (where in unseen or not audit.before)
        yield posting.prolonged(alert) if unsure else posting.resolved(alert)


def _raised(posting: Posting, end: Told) -> Iterator[Alert]:
    """Yield the alerts of one release: one for each cluster and team that has it."""
    finding = end.finding
    places: defaultdict[tuple[str, str], list[AssessedImage]] = defaultdict(list)
    for image in end.images:
        for team in {posting.policy.team([name], finding.severity) for name in image.namespaces or ("",)}:
            places[image.cluster, team].append(image)
    for (cluster, team), images in sorted(places.items(), key=lambda item: item[0]):
        labels = {
            "release": finding.subject,
            "package": finding.package,
            "cluster": cluster,
            "team": team,
            "severity": finding.severity,
            "overdue": "yes" if finding.overdue else "",
        }
        texts = {
            "summary": f"{finding.title}: in {len(images)} images",
            "description": f"{finding.action}: {listed([image.image for image in images], _IMAGES)}",
        }
        page = _page(posting.links, images)
        yield posting.alert(posting.labels(ENDED, labels), texts, page, finding.since)


def _page(links: PageLinks, images: Sequence[AssessedImage]) -> str:
    """Return the link to the images of a release: of one namespace, if all are there alone."""
    spaces = {name for image in images for name in image.namespaces or ("",)}
    return links.images(named_images(images), spaces.pop()) if len(spaces) == 1 else links.overview()


def _release_of(alert: Alert) -> tuple[str, ...]:
    """Return what an alert about a release is about, however grave it is."""
    return tuple(alert.labels.get(name, "") for name in ("release", "package", "cluster", "team"))
