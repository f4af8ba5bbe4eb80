"""End of life: distributions that are out of support, and packages that Debian gave up before its release."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final, NamedTuple

from praxi_tasks.ecosystems import DEB, ecosystem_of
from praxi_tasks.findings.coverage import Aspect, Coverage, checked, not_checked, partial
from praxi_tasks.findings.detectors.detector import Detector
from praxi_tasks.findings.feeds import EndedPackage, SupportEnd, ended_by
from praxi_tasks.findings.finding import Finding, FoundPackage, Kind, Severity
from praxi_tasks.findings.image import FusedImage
from praxi_tasks.findings.packages import Component, relative_name
from praxi_tasks.inventory import Distribution

END_OF_LIFE_ID: Final = "PRAXI-END-OF-LIFE"
_ASPECT: Final = Aspect.END_OF_LIFE
_RELEASE: Final = re.compile(r"\d+(\.\d+)?")
_MIRROR: Final = "mirror the feed end-of-life, see docs/findings.md"


class _Support(NamedTuple):
    """When support of a ``release`` ends; ``base`` names another distribution of which alone it is known."""

    end: SupportEnd
    release: str
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
            return own
        base, _, release = relative_name(distribution).rpartition("-")
        known = self._end_of(base, release)
        if known is None:
            return None
        called = "" if base == distribution.id else f"{base} {release}"
        return _Support(known.end, distribution.version_id, called)

    def _end_of(self, distribution: str, version: str) -> _Support | None:
        """Return when support ends of the release that a version, such as ``3.18.4``, is of."""
        number = _RELEASE.match(version)
        if number is None:
            return None
        ends = self.knowledge.lifecycle.distributions.get(distribution, {})
        major = number.group().partition(".")[0]
        # Where a minor release has an end of its own, the first one's is no word on the others.
        apart = any(release.startswith(f"{major}.") for release in ends)
        for release in (number.group(), *(() if apart else (major,))):
            if release in ends:
                return _Support(ends[release], release)
        days = {name: end.extended for name, end in ends.items()}
        bound = ended_by(number.group(), days, self.knowledge.at)
        return _Support(SupportEnd(bound, bound, is_bound=True), number.group()) if bound else None

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
            title=f"{_called(distribution, known.release)}{built} is out of support since {end.since}{until}",
            severity=severity,
            action="rebuild the image on a supported release",
            purl=f"pkg:generic/{distribution.id}@{known.release}",
            package=f"distribution/{distribution.id}",
            layer=_first_layer(image, distribution),
            evidence=("etc/os-release",),
        )

    def _of_packages(self, image: FusedImage) -> Iterator[Finding]:
        ended: dict[tuple[str, EndedPackage], list[Component]] = {}
        for component in image.components:
            if component.ecosystem == DEB.purl_type and component.present:
                source = component.source or component.name
                if end := self._end_of_package(source, component.relative or component.distribution):
                    ended.setdefault((source, end), []).append(component)
        for (source, end), components in ended.items():
            yield _ended_package(source, end, components)

    def _end_of_package(self, source: str, release: str) -> EndedPackage | None:
        """Return the end of a source package's support, if it has come."""
        known = self.knowledge.lifecycle.packages.get(release.partition(".")[0], ())
        found = (end for end in known if end.day <= self.knowledge.at and end.pattern.fullmatch(source))
        return next(found, None)


def _ended_package(source: str, end: EndedPackage, components: Sequence[Component]) -> Finding:
    """Return a finding about all binary packages of a source package."""
    first = next((each for each in components if each.name == source), components[0])
    return Finding(
        kind="end-of-life",
        id=END_OF_LIFE_ID,
        title=f"{source}: Debian ended its security support on {end.day}",
        severity="medium",
        action=end.reason or "move to a package that is supported",
        purl=first.purl,
        package=f"{DEB.purl_type}/{source}",
        packages=tuple(
            FoundPackage(each.package, f"{each.name} {' or '.join(each.versions)}".rstrip(), each.purl)
            for each in components
        )
        if len(components) > 1
        else (),
        layer=first.layers[0],
        evidence=first.evidence,
        sources=first.sources,
    )


def _first_layer(image: FusedImage, distribution: Distribution) -> str:
    """Return the layer that brought a release in; later ones may write its os-release again."""
    digest = ""
    for layer in reversed(image.layers):
        found = layer.inventory.distribution
        if found and (found.id, found.version_id) != (distribution.id, distribution.version_id):
            break
        digest = layer.inventory.digest if found else digest
    return digest


def _called(distribution: Distribution, release: str) -> str:
    name = distribution.name or distribution.id
    return name if release in name else f"{name} {release}"
