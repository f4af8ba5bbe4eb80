"""Which alerts an audit raises, prolongs and resolves.

One alert stands for one image, by whatever tag or digest, in one namespace of one cluster. Its labels never
change while nothing gets worse, so a second audit without change, or a rollout of it, raises nothing; a
finding that is new or worse gives it the time of that news as a label, which makes it another alert and
notifies once. News that an audit could not post is posted by the next one that can.

What is out of support is told by release instead: one alert for all images of a cluster and a team that are
built on it.

Only the newest daily audit changes alerts. It resolves what it looked for and did not find; what it could not
look for is prolonged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Final, NamedTuple

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings import KINDS, SEVERITIES, Finding, Policy, severity_rank
from praxi_tasks.findings.assessment import (
    AssessedAudit,
    AssessedImage,
    Carried,
    Told,
    could_hide,
    ended_releases,
    image_key,
    image_place,
    image_repository,
    may_hold_unseen,
    split_key,
)
from praxi_tasks.findings.finding import listed
from praxi_tasks.findings.origin import BaseImage, origin_message
from praxi_tasks.notify.alertmanager import Alert
from praxi_tasks.notify.links import NO_LINKS, PageLinks
from praxi_tasks.printable import printable

ALERTNAME: Final = "PraxiFindings"
IMPLAUSIBLE: Final = "PraxiImplausible"
"""The alert that a daily audit's list of images may not be whole."""
ENDED: Final = "PraxiEndOfLife"
"""The alert that a release is out of support, with the images that have it."""
NAMES: Final = (ALERTNAME, IMPLAUSIBLE, ENDED)
"""The names of all alerts."""
_ENDS: Final = "end-of-life"
_IMAGES: Final = 20
# Alerts outlive a week without an audit that may change them, and end by themselves if Praxi is taken away.
_LIFE: Final = timedelta(days=8)
_NAMED: Final = 5
_LONGEST: Final = 4_000
_LONGEST_LABEL: Final = 1_000
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


def alert_changes(
    audit: AssessedAudit,
    policy: Policy,
    active: Iterable[Alert],
    instance: str,
    now: datetime,
    links: PageLinks = NO_LINKS,
) -> list[Alert]:
    """Return what to post: alerts to raise or prolong, and those to resolve.

    Parameters
    ----------
    active
        The alerts of this instance that are firing now, of any name.
    instance
        Distinguishes installations of Praxi that share an Alertmanager; becomes the label ``praxi``.
    now
        The moment of posting, with a time zone.
    links
        Where the pages are; an alert's annotation ``page`` is the link to what it is about.
    """
    if not audit.rings:
        return []
    firing: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in active:
        firing[alert.labels.get("alertname", "")].append(alert)
    return [
        *_Alerts(audit, policy, firing[ALERTNAME], instance, now, links).changes(),
        *_about_releases(audit, policy, firing[ENDED], instance, now, links),
        *_about_list(audit, firing[IMPLAUSIBLE], instance, now, links),
    ]


class _Alerts:
    """The alerts about findings of one audit, beside those that fire."""

    def __init__(
        self,
        audit: AssessedAudit,
        policy: Policy,
        active: list[Alert],
        instance: str,
        now: datetime,
        links: PageLinks,
    ) -> None:
        self._audit, self._policy, self._instance, self._now = audit, policy, instance, now
        self._links = links
        self._ends = (now + _LIFE).isoformat()
        self._firing: defaultdict[Place, list[Alert]] = defaultdict(list)
        for alert in active:
            self._firing[Place.of(alert)].append(alert)
        self._images: defaultdict[Place, list[AssessedImage]] = defaultdict(list)
        for image in audit.images:
            for namespace in image.namespaces or ("",):
                self._images[Place(image_place(image.key), namespace)].append(image)
        self._listed = {image.key for image in audit.images}
        self._grave = severity_rank(policy.alert_severity)
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
            yield from (_until(alert, self._ends) for alert in unsure)
            ended += [alert for alert in rest if alert not in unsure]
        yield from (_until(alert, self._now.isoformat()) for alert in ended)

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
        texts = _annotations(self._audit, images, found, [*worse.values()])
        texts |= _page(self._links.images(_named_images(images), where.namespace))
        return [Alert(labels, texts, min(finding.since for finding in found), self._ends)]

    def _has_told(self, alert: Alert) -> bool:
        """Return whether an alert is news of this very audit, which may have been cleared since."""
        return _changed(alert) == self._audit.at[:_MINUTES]

    def _labels(self, where: Place, image: AssessedImage, found: list[Finding], news: bool) -> dict[str, str]:
        # What is only out of sight now must not ring as graver once it is seen again.
        known = (found[0].severity, *(one.severity for one in self._carried_at(where)))
        severity = min(known, key=severity_rank)
        labels = {
            "alertname": ALERTNAME,
            "praxi": self._instance,
            "image": image_repository(image.image),
            "namespace": where.namespace,
            "cluster": image.cluster,
            "team": self._policy.team([where.namespace], severity),
            "severity": severity,
            "changed": (self._audit.at if news else max(finding.since for finding in found))[:_MINUTES],
        }
        return {name: printable(value, _LONGEST_LABEL) for name, value in labels.items() if value}


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


def _named_images(images: Iterable[AssessedImage]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((image.image, image.cluster) for image in images))


def _page(link: str) -> dict[str, str]:
    """Return the annotation that leads to a page, where there is one."""
    return {"page": link} if link else {}


def _about_releases(
    audit: AssessedAudit,
    policy: Policy,
    active: list[Alert],
    instance: str,
    now: datetime,
    links: PageLinks,
) -> Iterator[Alert]:
    """Yield an alert for each release out of support, and the end of those that are on none any more.

    What could not be looked for is prolonged; so is everything where the audit before is not remembered.
    """
    ends, raised = (now + _LIFE).isoformat(), dict[tuple[str, ...], set[frozenset[tuple[str, str]]]]()
    for end in ended_releases(audit.images):
        if severity_rank(end.finding.severity) <= severity_rank(policy.alert_severity):
            for alert in _ended(audit, policy, end, instance, ends, links):
                raised.setdefault(_release_of(alert), set()).add(alert.identity)
                yield alert
    unseen = {(split_key(one.image)[0], one.key.split("|", 2)[2]) for one in audit.carried if not one.ignored}
    for alert in active:
        if alert.identity in raised.get(_release_of(alert), ()):
            continue
        where = alert.labels.get("cluster", ""), alert.labels.get("package", "")
        unsure = _release_of(alert) not in raised and (where in unseen or not audit.before)
        yield _until(alert, ends if unsure else now.isoformat())


def _ended(
    audit: AssessedAudit, policy: Policy, end: Told, instance: str, ends: str, links: PageLinks
) -> Iterator[Alert]:
    """Yield the alerts of one release: one for each cluster and team that has it."""
    finding = end.finding
    places: defaultdict[tuple[str, str], list[AssessedImage]] = defaultdict(list)
    for image in end.images:
        for team in {policy.team([name], finding.severity) for name in image.namespaces or ("",)}:
            places[image.cluster, team].append(image)
    for (cluster, team), images in sorted(places.items(), key=lambda item: item[0]):
        labels = {
            "alertname": ENDED,
            "praxi": instance,
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
            "run": audit.run,
        }
        yield Alert(
            {name: printable(value, _LONGEST_LABEL) for name, value in labels.items() if value},
            {name: printable(text, _LONGEST) for name, text in texts.items()}
            | _page(_release_page(links, images)),
            finding.since,
            ends,
        )


def _release_page(links: PageLinks, images: Sequence[AssessedImage]) -> str:
    """Return the link to the images of a release: of one namespace, if all are there alone."""
    spaces = {name for image in images for name in image.namespaces or ("",)}
    return links.images(_named_images(images), spaces.pop()) if len(spaces) == 1 else links.overview()


def _release_of(alert: Alert) -> tuple[str, ...]:
    """Return what an alert about a release is about, however grave it is."""
    return tuple(alert.labels.get(name, "") for name in ("release", "package", "cluster", "team"))


def _about_list(
    audit: AssessedAudit, active: list[Alert], instance: str, now: datetime, links: PageLinks
) -> Iterator[Alert]:
    """Yield an alert for each cluster whose list may not be whole, and the end of what is whole again."""
    problems: defaultdict[str, list[str]] = defaultdict(list)
    for gap in audit.scope.gaps:
        problems[gap.cluster or ""].append(gap.problem)
    firing = {alert.labels.get("cluster", ""): alert for alert in active}
    for cluster in sorted(problems):
        before = firing.get(cluster)
        yield _implausible(audit, cluster, problems[cluster], before, instance, now, links)
    for cluster in sorted(firing.keys() - problems.keys()):
        yield _until(firing[cluster], now.isoformat())


def _implausible(
    audit: AssessedAudit,
    cluster: str,
    problems: list[str],
    before: Alert | None,
    instance: str,
    now: datetime,
    links: PageLinks,
) -> Alert:
    labels = {"alertname": IMPLAUSIBLE, "praxi": instance, "severity": "high"}
    if cluster:
        labels["cluster"] = printable(cluster, _LONGEST_LABEL)
    texts = {
        "summary": f"the list of {f'images of {cluster}' if cluster else 'deployed images'} may not be whole",
        "description": "; ".join(problems),
        "run": audit.run,
    }
    return Alert(
        before.labels if before else labels,
        {name: printable(text, _LONGEST) for name, text in texts.items()} | _page(links.overview()),
        before.starts_at if before else now.isoformat(),
        (now + _LIFE).isoformat(),
    )


def _until(alert: Alert, ends: str) -> Alert:
    return Alert(alert.labels, alert.annotations, alert.starts_at, ends)


def _annotations(
    audit: AssessedAudit, images: Sequence[AssessedImage], findings: list[Finding], news: list[Finding]
) -> dict[str, str]:
    bases = {image.base for image in images if image.base}
    base = bases.pop() if len(bases) == 1 else None
    named = "; ".join(_named(finding, base) for finding in (news or findings)[:_NAMED])
    called = ", ".join(dict.fromkeys(image.image for image in images))
    texts = {
        "summary": f"{called}: {counted(findings)}, {len(news)} of them new or worse{_overdue(findings)}",
        "description": named,
        "digest": ", ".join(dict.fromkeys(image.digest for image in images if image.digest)),
        "kinds": _kinds(findings),
        "run": audit.run,
    }
    return {name: printable(text, _LONGEST) for name, text in texts.items()}


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
