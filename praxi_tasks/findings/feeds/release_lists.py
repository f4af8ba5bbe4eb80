"""Release lists: which versions of a package there are, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds.distribution_packages import DistributionPackages
from praxi_tasks.findings.feeds.folder import FeedProblem, Feeds
from praxi_tasks.findings.packages import Component, own_namespace, package_key
from praxi_tasks.json_decoding import decode

Releases = Mapping[str, str]
_FOLDER: Final = "releases/"


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
        namespace = own_namespace(component) or component.ecosystem
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
        return decode(data, dict[str, dict[str, str]])
    except (ValueError, RecursionError) as error:
        raise DataError(f"not a release list: {error}", where=where, action="mirror it again") from error
