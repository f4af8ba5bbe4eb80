"""Outdated: how many versions and days a component is behind its index's newest release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar, Final

from univers.versions import Version

from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.detectors.detector import GIVE_FEEDS, Detector
from praxi_tasks.findings.feeds import Releases
from praxi_tasks.findings.finding import Finding, Kind, Severity
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import Component, component_subject, parse_version

_AGES: Final[tuple[tuple[int, Severity], ...]] = ((730, "medium"), (180, "low"))


class Outdated(Detector):
    """Compares each component with the newest stable release of the day of the audit."""

    kind: ClassVar[Kind] = "outdated"
    summary: ClassVar[str] = "versions and days behind the newest stable release of that day"
    default_severity: ClassVar[str] = "medium from 2 years, low from half a year, else info"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield a finding for each component that had a newer stable release on the day of the audit.

        Where versions tie, the newest of them counts: a component that may be current is not reported. What
        another package brought inside is as new as that one.
        """
        at, lists = self.knowledge.at, self.knowledge.releases
        for component in image.components:
            if component.present and component.versions and not component.is_anothers:
                releases = {v: day for v, day in lists.of(component).items() if day <= at.isoformat()}
                yield from _compare(component, releases, at)

    def coverage(self, image: FusedImage) -> Iterator[Coverage]:
        """Yield for how many packages of each distribution and language releases are listed."""
        subjects: dict[str, list[tuple[str, bool]]] = {}
        for component in image.components:
            is_listed = ecosystem_of(component.ecosystem).has_releases and not component.is_anothers
            if component.present and component.versions and is_listed:
                subject = component_subject(component)
                listed = self.knowledge.feeds is not None and bool(self.knowledge.releases.of(component))
                subjects.setdefault(subject, []).append((component.package, listed))
        for subject, known in subjects.items():
            unlisted = sorted({package for package, listed in known if not listed})
            yield self._coverage_of(subject, sum(listed for _, listed in known), len(known), unlisted)

    def _coverage_of(self, subject: str, listed: int, packages: int, unlisted: Sequence[str]) -> Coverage:
        if listed == packages:
            return checked(Aspect.OUTDATED, subject, f"{packages} packages")
        if self.knowledge.feeds is None:
            reason = f"{packages} packages: no lists of releases were given"
            return not_checked(Aspect.OUTDATED, subject, reason, GIVE_FEEDS)
        reason = f"{packages - listed} of {packages} packages: no feed lists their releases"
        action = f"mirror release lists or package indexes of {subject}"
        if not listed:
            return not_checked(Aspect.OUTDATED, subject, reason, action)
        return partial(Aspect.OUTDATED, subject, reason, action, unlisted)


def _compare(component: Component, releases: Releases, at: date) -> Iterator[Finding]:
    parsed = [
        (version, text)
        for text in component.versions
        if (version := parse_version(component.ecosystem, text))
    ]
    if len(parsed) != len(component.versions):
        return
    installed = parsed[0]
    for candidate in parsed[1:]:
        installed = candidate if candidate[0] > installed[0] else installed
    newer = [
        (version, text)
        for text in releases
        if (version := parse_version(component.ecosystem, text))
        and _stable(version)
        and version > installed[0]
    ]
    if newer:
        latest = newer[0]
        for release in newer[1:]:
            latest = release if release[0] > latest[0] else latest
        behind = _days(releases.get(installed[1], ""), releases[latest[1]])
        yield _finding(component, latest[1], len(newer), behind, at)


def _finding(component: Component, latest: str, versions: int, days: int | None, at: date) -> Finding:
    age = f" and {days} days" if days is not None else ""
    called = f"{component.name} {' or '.join(component.versions)}"
    return Finding(
        kind="outdated",
        id="PRAXI-OUTDATED",
        title=f"{called} is {versions} versions{age} behind {latest}",
        severity=next((severity for least, severity in _AGES if (days or 0) >= least), "info"),
        action=f"upgrade to {latest}, the newest on {at}",
        purl=component.purl,
        package=component.package,
        fixed=(latest,),
        layer=component.layers[0] if component.layers else "",
        evidence=component.evidence,
        sources=component.sources,
        confidence=component.confidence,
    )


def _stable(version: Version) -> bool:
    """Return whether a version is no pre-release; only some ecosystems' rules know the notion."""
    inner = version.value
    return not (getattr(inner, "is_prerelease", False) or getattr(inner, "prerelease", ()))


def _days(old: str, new: str) -> int | None:
    try:
        return max(0, (date.fromisoformat(new[:10]) - date.fromisoformat(old[:10])).days)
    except ValueError:
        return None
