"""Outdated: how many versions and days a component is behind its index's newest release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec
from univers.versions import Version

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.distribution_packages import DistributionPackages
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds
from praxi_tasks.findings.finding import Finding, Severity
from praxi_tasks.findings.packages import namespaces
from praxi_tasks.findings.packages.component import Component, package_key
from praxi_tasks.findings.packages.version_order import parse

Releases = Mapping[str, str]
_FOLDER: Final = "releases/"
_AGES: Final[tuple[tuple[int, Severity], ...]] = ((730, "medium"), (180, "low"))


class ReleaseLists:
    """Releases by package: version → the day it appeared (ISO 8601; empty where that is not known)."""

    def __init__(
        self, lists: Mapping[tuple[str, str], Releases], packages: DistributionPackages | None = None
    ) -> None:
        self._lists = lists
        self._packages = packages or DistributionPackages()
        self.problems: list[FeedProblem] = []

    @classmethod
    def load(cls, feeds: Feeds, packages: DistributionPackages | None = None) -> ReleaseLists:
        """Read ``releases/<ecosystem>.json`` and ``<distribution>.json``: ``{package: {version: day}}``.

        Parameters
        ----------
        packages
            What distributions offer now, which needs no list.
        """
        lists: dict[tuple[str, str], Releases] = {}
        problems: list[FeedProblem] = []
        for name in feeds.names():
            if name.startswith(_FOLDER) and name.endswith(".json"):
                ecosystem = name.removeprefix(_FOLDER).removesuffix(".json")
                try:
                    known = read_releases(feeds.read(name) or b"", name)
                except DataError as error:
                    problems.append(FeedProblem.of(error))
                    continue
                lists |= {package_key(ecosystem, package): known[package] for package in known}
        loaded = cls(lists, packages)
        loaded.problems = problems
        return loaded

    def of(self, component: Component) -> Releases:
        """Return what is known about a component's package."""
        namespace = namespaces.of_component(component) or component.ecosystem
        _, name = package_key(component.ecosystem, component.name)
        offers = self._packages.of(namespace).get(name, ())
        return {offer.version: "" for offer in offers} | {**self._lists.get((namespace, name), {})}


def read_releases(data: bytes, where: str) -> dict[str, dict[str, str]]:
    """Read one ecosystem's release lists.

    Raises
    ------
    DataError
        If they have another form.
    """
    try:
        return msgspec.json.decode(data, type=dict[str, dict[str, str]])
    except (ValueError, RecursionError) as error:
        raise DataError(f"not a release list: {error}", where=where, action="mirror it again") from error


def outdated_findings(components: Iterable[Component], lists: ReleaseLists, at: date) -> Iterator[Finding]:
    """Yield a finding for each component that had a newer stable release on the day ``at``.

    Where versions tie, the newest of them counts: what may be current is not called outdated.
    """
    for component in components:
        if component.present and component.versions and not component.owner:
            releases = {v: day for v, day in lists.of(component).items() if day <= at.isoformat()}
            yield from _compare(component, releases, at)


def _compare(component: Component, releases: Releases, at: date) -> Iterator[Finding]:
    parsed = [(version, text) for text in component.versions if (version := parse(component.ecosystem, text))]
    if len(parsed) != len(component.versions):
        return
    installed = parsed[0]
    for candidate in parsed[1:]:
        installed = candidate if candidate[0] > installed[0] else installed
    newer = [
        (version, text)
        for text in releases
        if (version := parse(component.ecosystem, text)) and _stable(version) and version > installed[0]
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
