"""Alerts about findings: each of one image, by whatever tag or digest, in one namespace of one cluster.

Its labels never change while nothing gets worse, so a second audit without change, or a rollout of it,
raises nothing; a finding that is new or worse gives it the time of that news as a label, which makes it
another alert and notifies once. News that an audit could not post is posted by the next one that can.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings import KINDS, SEVERITIES, Finding, severity_rank
from praxi_tasks.findings.assessment import (
    AssessedImage,
    Carried,
    could_hide,
    image_key,
    image_place,
    image_repository,
    may_hold_unseen,
    split_key,
)
from praxi_tasks.findings.origin import BaseImage, origin_message
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.posting import Posting, named_images

ALERTNAME: Final = "PraxiFindings"
_ENDS: Final = "end-of-life"  # told by release instead
_NAMED: Final = 5
# How much of an ISO 8601 time names the minute.
_MINUTES: Final = 16
_FAMILIES: Final = (*ECOSYSTEMS, "distribution", "runtime")


class Place(NamedTuple):
    """What one alert is about: a repository of images, on its cluster, in a namespace."""

    repository: str
    namespace: str

    @classmethod
    def of(cls, alert: Alert) -> Place:
        """Return what an alert is about; one of before this version names a tag as well."""
        labels = alert.labels
        key = image_key(labels.get("image", ""), labels.get("cluster", ""))
        return cls(image_place(key), labels.get("namespace", ""))


class FindingAlerts:
    """The alerts about findings of one audit, beside those that fire.

    Parameters
    ----------
    active
        Those that fire.
    """

    def __init__(self, posting: Posting, active: Iterable[Alert]) -> None:
        self._posting, self._audit = posting, posting.audit
        audit = posting.audit
        self._firing: defaultdict[Place, list[Alert]] = defaultdict(list)
        for alert in active:
            self._firing[Place.of(alert)].append(alert)
        self._images: defaultdict[Place, list[AssessedImage]] = defaultdict(list)
        for image in audit.images:
            for namespace in image.namespaces or ("",):
                self._images[Place(image_place(image.key), namespace)].append(image)
        self._listed = {image.key for image in audit.images}
        self._grave = severity_rank(posting.policy.alert_severity)
        self._carried: defaultdict[str, list[Carried]] = defaultdict(list)
        for one in audit.carried:
            if not one.ignored and one.kind != _ENDS and severity_rank(one.severity) <= self._grave:
                self._carried[image_place(one.image)].append(one)

    def changes(self) -> Iterator[Alert]:
        """Yield the alerts to post, those that end last."""
        ended: list[Alert] = []
        for where in sorted({*self._images, *self._firing}):
            before = self._firing.get(where, [])
            raised = self._raised(where, before)
            yield from raised
            raised_ones = {alert.identity for alert in raised}
            rest = [alert for alert in before if alert.identity not in raised_ones]
            unsure = [] if raised else [alert for alert in rest if self._unknown(where, alert)]
            yield from map(self._posting.prolonged, unsure)
            ended += [alert for alert in rest if alert not in unsure]
        yield from map(self._posting.resolved, ended)

    def _unknown(self, where: Place, alert: Alert) -> bool:
        """Return whether it could not be looked for what an alert is about.

        If the audit that had its news is not remembered, nothing was carried from that either: then whatever
        could hide findings of the alert's kinds counts, and any container without a name.
        """
        images, forgotten = self._images.get(where, []), not self._audit.remembers(_changed(alert))
        if not images:
            cluster, _ = split_key(where.repository)
            unnamed = forgotten and not self._audit.scope.proves_absence(cluster, where.namespace, ())
            return unnamed or may_hold_unseen(self._audit.scope, *where, self._audit.places)
        if any(image.failed for image in images):
            return True
        if self._carried_at(where):
            return True
        return forgotten and any(
            could_hide(self._audit, image, key) for image in images for key in _keys(alert)
        )

    def _carried_at(self, where: Place) -> list[Carried]:
        """Return what may still be at a place; what is carried of a tag that is gone may be in another."""
        here = {image.key for image in self._images.get(where, [])}
        carried = self._carried.get(where.repository, [])
        return [one for one in carried if one.image in here or one.image not in self._listed]

    def _raised(self, where: Place, before: list[Alert]) -> list[Alert]:
        images = self._images.get(where, [])
        news = self._audit.news
        # Each version of a package, and each layer, has advice of its own.
        findings: dict[tuple[str, str, str], Finding] = {}
        worse: dict[tuple[str, str, str], Finding] = {}
        for image in images:
            for finding in image.open_findings:
                if finding.kind != _ENDS and severity_rank(finding.severity) <= self._grave:
                    advice = finding.key, finding.purl, finding.title
                    findings.setdefault(advice, finding)
                    if (image.key, finding.key) in news:
                        worse.setdefault(advice, finding)
        if not findings:
            return []
        found = sorted(findings.values(), key=lambda finding: severity_rank(finding.severity))
        last = max(before, key=_changed, default=None)
        if last is None or _is_behind(last, found) or (worse and not self._has_told(last)):
            labels = self._labels(where, images[0], found, bool(worse))
        else:
            labels = last.labels
        texts = _annotations(images, found, [*worse.values()])
        page = self._posting.links.images(named_images(images), where.namespace)
        return [self._posting.alert(labels, texts, page, min(finding.since for finding in found))]

    def _has_told(self, alert: Alert) -> bool:
        """Return whether an alert is news of this very audit, which may have been cleared since."""
        return _changed(alert) == self._audit.at[:_MINUTES]

    def _labels(self, where: Place, image: AssessedImage, found: list[Finding], news: bool) -> dict[str, str]:
        # What is only out of sight now must not ring as graver once it is seen again.
        known = (found[0].severity, *(one.severity for one in self._carried_at(where)))
        severity = min(known, key=severity_rank)
        labels = {
            "image": image_repository(image.image),
            "namespace": where.namespace,
            "cluster": image.cluster,
            "team": self._posting.policy.team([where.namespace], severity),
            "severity": severity,
            "changed": (self._audit.at if news else max(finding.since for finding in found))[:_MINUTES],
        }
        return self._posting.labels(ALERTNAME, labels)


def _kinds(findings: Iterable[Finding]) -> str:
    """Return of which kinds and ecosystems findings are, as an alert's annotation has them."""
    return ", ".join(sorted({f"{one.kind} {one.package.partition('/')[0]}".rstrip() for one in findings}))


def _keys(alert: Alert) -> Iterator[str]:
    """Yield the kinds and ecosystems of an alert as keys; one of an earlier version may be of any."""
    named = alert.annotations.get("kinds")
    pairs = [pair.partition(" ")[::2] for pair in named.split(", ")] if named else product(KINDS, _FAMILIES)
    yield from (f"{kind}||{family}/" for kind, family in pairs)


def _changed(alert: Alert) -> str:
    return alert.labels.get("changed", "")


def _is_behind(alert: Alert, found: Sequence[Finding]) -> bool:
    """Return whether an alert says less than is known: the audit that found more could not post it."""
    posted = alert.labels.get("severity", "")
    if posted and severity_rank(found[0].severity) < severity_rank(posted):
        return True
    return "" < _changed(alert) < max(finding.since for finding in found)[:_MINUTES]


def _annotations(
    images: Sequence[AssessedImage], findings: list[Finding], news: list[Finding]
) -> dict[str, str]:
    bases = {image.base for image in images if image.base}
    base = bases.pop() if len(bases) == 1 else None
    named = "; ".join(_named(finding, base) for finding in (news or findings)[:_NAMED])
    called = ", ".join(dict.fromkeys(image.image for image in images))
    return {
        "summary": f"{called}: {counted(findings)}, {len(news)} of them new or worse{_overdue(findings)}",
        "description": named,
        "digest": ", ".join(dict.fromkeys(image.digest for image in images if image.digest)),
        "kinds": _kinds(findings),
    }


def _named(finding: Finding, base: BaseImage | None) -> str:
    """Return a finding with what to do about its own package, and where that came from."""
    whose = f" of {finding.subject}" if finding.subject else ""
    where = origin_message(finding, base)
    return f"{finding.id}{whose}: {finding.action or finding.title}" + (f" ({where})" if where else "")


def _overdue(findings: Iterable[Finding]) -> str:
    count = sum(finding.overdue for finding in findings)
    return f", {count} overdue" if count else ""


def counted(findings: Iterable[Finding]) -> str:
    """Return how many findings of each severity there are, in words."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
