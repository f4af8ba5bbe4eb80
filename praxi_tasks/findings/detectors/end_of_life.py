"""End of life of distributions, of packages that Debian gives up early, and of language runtimes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from praxi_tasks.ecosystems import DEB
from praxi_tasks.errors import DataError
from praxi_tasks.findings.detectors.runtimes import runtime_findings
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds, FolderFeeds
from praxi_tasks.findings.feeds.release_cycles import DISTRO_INFO, FOLDER, Cycles, read_cycles, shipped_table
from praxi_tasks.findings.feeds.support_dates import (
    EndedPackage,
    SupportEnd,
    read_distro_info,
    read_support_ended,
)
from praxi_tasks.findings.finding import Finding, Severity
from praxi_tasks.findings.image.fusion import FusedImage
from praxi_tasks.inventory import Distribution

_ID: Final = "PRAXI-END-OF-LIFE"
_RELEASES: Final = range(8, 20)  # Debian's, whether they exist yet or not
SYSTEM: Final = FolderFeeds(Path("/usr/share"))
_RELEASE: Final = re.compile(r"\d+(\.\d+)?")


@dataclass
class Lifecycle:
    """What is known about ends of support; :meth:`findings` asks it about an image.

    ``shipped`` names the products that the shipped table speaks about, for no feed does.
    """

    distributions: dict[str, dict[str, SupportEnd]] = field(default_factory=dict)
    runtimes: dict[str, Cycles] = field(default_factory=dict)
    packages: dict[str, tuple[EndedPackage, ...]] = field(default_factory=dict)
    shipped: set[str] = field(default_factory=set)
    problems: list[FeedProblem] = field(default_factory=list)

    @classmethod
    def load(cls, feeds: Feeds, system: Feeds | None = None) -> Lifecycle:
        """Read the feeds that tell of ends of support; one that can't be read is a problem, not the end.

        Parameters
        ----------
        feeds
            The feeds folder.
        system
            Where the same files are looked for if the folder has none: ``/usr/share`` of a Debian system.
        """
        known = cls()
        known._learn_shipped()
        known._learn_cycles(feeds)
        for distribution in DISTRO_INFO:
            known._learn_distribution(distribution, feeds, system or SYSTEM)
        for release in _RELEASES:
            known._learn_packages(release, feeds, system or SYSTEM)
        return known

    @property
    def as_of(self) -> str:
        """The day on which the shipped table was true (ISO 8601); empty where none of it is in use."""
        return shipped_table().as_of if self.shipped else ""

    def findings(self, image: FusedImage, at: date) -> Iterator[Finding]:
        """Yield what of an image was out of support on the day ``at``."""
        yield from self._of_distribution(image, at)
        yield from self._of_packages(image, at)
        yield from runtime_findings(image, self.runtimes, at, _ID)

    def _learn_shipped(self) -> None:
        table = shipped_table()
        self.shipped = {*table.products}
        for name, product in table.of_kind("distribution").items():
            self.distributions[name] = _table(product.cycles, product.extended)
        self.runtimes = {name: product.cycles for name, product in table.of_kind("runtime").items()}

    def _learn_cycles(self, feeds: Feeds) -> None:
        """Take the feeds folder's word on products that it has a file about."""
        for name in feeds.names():
            if name.startswith(FOLDER) and name.endswith(".json"):
                product = name.removeprefix(FOLDER).removesuffix(".json")
                try:
                    ends = read_cycles(feeds.read(name) or b"", name)
                except DataError as error:
                    self.problems.append(FeedProblem.of(error))
                    continue
                self.shipped.discard(product)
                if product in self.runtimes:
                    self.runtimes[product] = ends
                else:
                    self.distributions[product] = _table(ends)

    def _learn_distribution(self, distribution: str, *folders: Feeds) -> None:
        name = f"distro-info/{distribution}.csv"
        data = _read(name, folders)
        if data is not None:
            try:
                self.distributions[distribution] = read_distro_info(data, name)
                self.shipped.discard(distribution)
            except DataError as error:
                self.problems.append(FeedProblem.of(error))

    def _learn_packages(self, release: int, *folders: Feeds) -> None:
        name = f"debian-security-support/security-support-ended.deb{release}"
        data = _read(name, folders)
        if data is not None:
            try:
                self.packages[f"debian-{release}"] = read_support_ended(data, name)
            except DataError as error:
                self.problems.append(FeedProblem.of(error))

    def _of_distribution(self, image: FusedImage, at: date) -> Iterator[Finding]:
        told = image.distribution
        release = _RELEASE.match(told.version_id) if told else None
        ends = self.distributions.get(told.id, {}) if told else {}
        if told is None or release is None:
            return
        end = ends.get(release.group()) or ends.get(release.group().partition(".")[0])
        if end is None or at < end.regular:
            return
        severity: Severity = "high" if at >= end.extended else "medium"
        until = "" if at >= end.extended else f"; only long-term support is left, until {end.extended}"
        yield Finding(
            kind="end-of-life",
            id=_ID,
            title=f"{_called(told)} is out of support since {end.regular}{until}",
            severity=severity,
            action="rebuild the image on a supported release",
            purl=f"pkg:generic/{told.id}@{told.version_id}",
            package=f"distribution/{told.id}",
            layer=next(
                item.inventory.digest for item in reversed(image.layers) if item.inventory.distribution
            ),
            evidence=("etc/os-release",),
        )

    def _of_packages(self, image: FusedImage, at: date) -> Iterator[Finding]:
        for component in image.components:
            if component.ecosystem != DEB.purl_type or not component.present:
                continue
            source = component.source or component.name
            for ended in self.packages.get(component.distribution.partition(".")[0], ()):
                if ended.day <= at and ended.pattern.fullmatch(source):
                    yield Finding(
                        kind="end-of-life",
                        id=_ID,
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


def _read(name: str, folders: Iterable[Feeds]) -> bytes | None:
    return next((data for folder in folders if (data := folder.read(name)) is not None), None)


def _called(distribution: Distribution) -> str:
    name, version = distribution.name or distribution.id, distribution.version_id
    return name if version in name else f"{name} {version}"


def _table(releases: Mapping[str, str], extended: Mapping[str, str] | None = None) -> dict[str, SupportEnd]:
    longest = {**releases, **(extended or {})}
    return {
        release: SupportEnd(date.fromisoformat(day), date.fromisoformat(longest[release]))
        for release, day in releases.items()
    }
