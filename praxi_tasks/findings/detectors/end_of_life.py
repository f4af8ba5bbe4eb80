"""End of life: distributions that are out of support, and packages that Debian gave up before its release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from praxi_tasks.ecosystems import DEB, ecosystem_of
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.feeds import SupportEnd, ended_by
from praxi_tasks.findings.finding import Finding, Kind, Severity
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import relative_name
from praxi_tasks.inventory import Distribution

END_OF_LIFE_ID: Final = "PRAXI-END-OF-LIFE"
_ASPECT: Final = Aspect.END_OF_LIFE
_RELEASE: Final = re.compile(r"\d+(\.\d+)?")
_MIRROR: Final = "mirror the feed end-of-life, see docs/findings.md"


class _Support(NamedTuple):
    """When support ends; where that is only known of another distribution, ``base`` names it."""

    end: SupportEnd
    base: str = ""


class EndOfLife(Detector):
    """Compares the distribution and its packages with the days on which their support ends."""

    kind: ClassVar[Kind] = "end-of-life"
    summary: ClassVar[str] = "the distribution or a Debian package is out of support"
    default_severity: ClassVar[str] = "high, or low while long-term support lasts"

    def detect(self, image: FusedImage) -> Iterator[Finding]:
        """Yield what of an image was out of support on the day of the audit."""
        yield from self._of_distribution(image)
        yield from self._of_packages(image)

    def coverage(self, image: FusedImage) -> Iterator[Coverage]:
        """Yield whether it is known when the distribution's support ends."""
        distribution = image.distribution
        if distribution is None:
            if any(c.present and ecosystem_of(c.ecosystem).of_distribution for c in image.components):
                reason = "no os-release in the image says which distribution it is"
                yield not_checked(_ASPECT, "distribution", reason, "restore /etc/os-release")
            return
        subject = f"{distribution.id} {distribution.version_id}".rstrip()
        known = self._support_of(distribution)
        if known is not None:
            yield self._known(subject, known)
        elif _RELEASE.match(distribution.version_id):
            yield not_checked(_ASPECT, subject, f"no table says when support of {subject} ends", _MIRROR)
        else:
            reason = "its os-release has no number of a release"
            yield not_checked(_ASPECT, subject, reason, "see the distribution's own calendar")

    def _known(self, subject: str, known: _Support) -> Coverage:
        """Return that an end was looked up: a derived distribution may well end before its base does."""
        if not known.base:
            return checked(_ASPECT, subject)
        if known.end.regular <= self.knowledge.at:
            return checked(_ASPECT, subject, f"by {known.base}, which it is built on")
        reason = f"no table says when support of {subject} ends; that of its base {known.base} does on"
        return partial(_ASPECT, subject, f"{reason} {known.end.regular}", _MIRROR)

    def _support_of(self, distribution: Distribution) -> _Support | None:
        """Return when a distribution's support ends, or that of the one whose packages it has."""
        own = self._end_of(distribution.id, distribution.version_id)
        if own is not None:
            return _Support(own)
        base, _, release = relative_name(distribution).rpartition("-")
        end = self._end_of(base, release)
        if end is None:
            return None
        return _Support(end, "" if base == distribution.id else f"{base} {release}")

    def _end_of(self, distribution: str, version: str) -> SupportEnd | None:
        release = _RELEASE.match(version)
        if release is None:
            return None
        ends = self.knowledge.lifecycle.distributions.get(distribution, {})
        known = ends.get(release.group()) or ends.get(release.group().partition(".")[0])
        if known is None:
            days = {name: end.extended for name, end in ends.items()}
            bound = ended_by(release.group(), days, self.knowledge.at)
            return SupportEnd(bound, bound, is_bound=True) if bound else None
        return known

    def _of_distribution(self, image: FusedImage) -> Iterator[Finding]:
        at, distribution = self.knowledge.at, image.distribution
        known = self._support_of(distribution) if distribution else None
        if distribution is None or known is None or at < known.end.regular:
            return
        end = known.end
        severity: Severity = "high" if at >= end.extended else "low"
        until = "" if at >= end.extended else f"; only long-term support is left, until {end.extended}"
        built = f" is built on {known.base}, which" if known.base else ""
        yield Finding(
            kind="end-of-life",
            id=END_OF_LIFE_ID,
            title=f"{_called(distribution)}{built} is out of support since {end.since}{until}",
            severity=severity,
            action="rebuild the image on a supported release",
            purl=f"pkg:generic/{distribution.id}@{distribution.version_id}",
            package=f"distribution/{distribution.id}",
            layer=next(
                item.inventory.digest for item in reversed(image.layers) if item.inventory.distribution
            ),
            evidence=("etc/os-release",),
        )

    def _of_packages(self, image: FusedImage) -> Iterator[Finding]:
        at, ended_packages = self.knowledge.at, self.knowledge.lifecycle.packages
        for component in image.components:
            if component.ecosystem != DEB.purl_type or not component.present:
                continue
            source = component.source or component.name
            release = component.relative or component.distribution
            for ended in ended_packages.get(release.partition(".")[0], ()):
                if ended.day <= at and ended.pattern.fullmatch(source):
                    yield Finding(
                        kind="end-of-life",
                        id=END_OF_LIFE_ID,
                        title=f"{component.name}: Debian ended its security support on {ended.day}",
                        severity="medium",
                        action=ended.reason or "move to a package that is supported",
                        purl=component.purl,
                        package=component.package,
                        layer=component.layers[0],
                        evidence=component.evidence,
                        sources=component.sources,
                    )
                    break


def _called(distribution: Distribution) -> str:
    name, version = distribution.name or distribution.id, distribution.version_id
    return name if version in name else f"{name} {version}"
