"""When support of distributions, of single Debian packages and of language runtimes ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds, FolderFeeds
from praxi_tasks.findings.feeds.release_cycles import DISTRO_INFO, FOLDER, Cycles, read_cycles, shipped_table
from praxi_tasks.findings.feeds.support_dates import (
    EndedPackage,
    SupportEnd,
    read_distro_info,
    read_support_ended,
)

_RELEASES: Final = range(8, 20)  # Debian's, whether they exist yet or not
SYSTEM: Final = FolderFeeds(Path("/usr/share"))


@dataclass
class Lifecycle:
    """When support ends, by distribution and release, runtime and cycle, and Debian release and package.

    ``shipped`` names the products whose dates come from the shipped table because no feed has them.
    """

    distributions: dict[str, dict[str, SupportEnd]] = field(default_factory=dict)
    runtimes: dict[str, Cycles] = field(default_factory=dict)
    packages: dict[str, tuple[EndedPackage, ...]] = field(default_factory=dict)
    shipped: set[str] = field(default_factory=set)
    problems: list[FeedProblem] = field(default_factory=list)

    @classmethod
    def load(cls, feeds: Feeds, system: Feeds | None = None) -> Lifecycle:
        """Read the feeds about ends of support; one that can't be read becomes one of the ``problems``.

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

    def _learn_shipped(self) -> None:
        table = shipped_table()
        self.shipped = {*table.products}
        for name, product in table.of_kind("distribution").items():
            self.distributions[name] = _table(product.cycles, product.extended)
        self.runtimes = {name: product.cycles for name, product in table.of_kind("runtime").items()}

    def _learn_cycles(self, feeds: Feeds) -> None:
        """Replace the shipped dates of products that the feeds folder has a file about."""
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


def _read(name: str, folders: Iterable[Feeds]) -> bytes | None:
    return next((data for folder in folders if (data := folder.read(name)) is not None), None)


def _table(releases: Mapping[str, str], extended: Mapping[str, str] | None = None) -> dict[str, SupportEnd]:
    longest = {**releases, **(extended or {})}
    return {
        release: SupportEnd(date.fromisoformat(day), date.fromisoformat(longest[release]))
        for release, day in releases.items()
    }
