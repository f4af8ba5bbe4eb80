"""Collects many releases for a knowledge pack: a list of packages, the newest versions of each.

A run can be ended at any time and goes on where it was: a release that is in the store is not read again, and
a package whose outcome was written is not asked about again. Releases go from the index to the store one by
one, so neither memory nor disk grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

import msgspec

from praxi_tasks.errors import KeyNotFoundError, UsageError
from praxi_tasks.isolation import workers
from praxi_tasks.learning.data import NewPackage, of_version
from praxi_tasks.learning.sources import Collected, Collector, Source
from praxi_tasks.store import Store, documents, keys

MOST_BATCHES: Final = 1_024
_WORKERS: Final = 8
_PLAN: Final = "pack-plan.json"


class PackPlan(msgspec.Struct, frozen=True):
    """What a pack is made of.

    Attributes
    ----------
    ecosystem, suite
        Of what, and of Debian which suite.
    packages
        Names, or releases as ``name==version``; in the order of their popularity.
    versions
        How many of the newest versions of each name.
    batches
        How many tasks collect them.
    index
        What the index is called: ``ubuntu`` rather than ``deb``.
    name
        The pack's name; by default that of its ecosystem and suite.
    whole
        Whether it is of a whole suite: then the pack knows the paths of all its packages that an index tells.
    """

    ecosystem: str
    suite: str
    packages: tuple[NewPackage, ...]
    versions: int
    batches: int
    index: str = ""
    name: str = ""
    whole: bool = False

    @property
    def pack(self) -> str:
        """The pack's name: ``pypi``, ``debian/trixie``."""
        return self.name or (f"debian/{self.suite}" if self.suite else self.ecosystem)

    def batch(self, number: int) -> Sequence[tuple[int, NewPackage]]:
        """Return the packages of one batch with their numbers: every so many, so that all take as long."""
        return list(enumerate(self.packages))[number :: self.batches]


class PackRun:
    """The steps of building the pack ``run_id``."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self.name = run_id

    def key(self, name: str) -> str:
        """Return the store key of one of the run's documents."""
        return keys.training_run(self.name, name)

    def plan(
        self,
        ecosystem: str,
        suite: str,
        packages: Iterable[NewPackage],
        versions: int,
        batches: int,
        *,
        index: str = "",
        name: str = "",
        whole: bool = False,
    ) -> PackPlan:
        """Write which packages are wanted, and the numbers of the batches.

        Raises
        ------
        UsageError
            If there are none.
        """
        chosen = tuple(dict.fromkeys(packages))
        if not chosen:
            raise UsageError("no package is named", action="give a list, or audit images first")
        tasks = min(batches, len(chosen), MOST_BATCHES)
        plan = PackPlan(ecosystem, suite, chosen, versions, tasks, index or ecosystem, name, whole)
        documents.write(self._store, self.key(_PLAN), plan)
        documents.write(self._store, self.key("batches.json"), list(range(plan.batches)))
        return plan

    def planned(self) -> PackPlan:
        """Read the plan."""
        return documents.read(self._store, self.key(_PLAN), PackPlan)

    def collect(
        self, source: Source, batch: int, on_done: Callable[[Sequence[Collected]], None] = lambda _: None
    ) -> None:
        """Get the releases of one batch into the store.

        Parameters
        ----------
        on_done
            Called with the outcome of each package, also of those that an earlier try got; by one thread.

        Raises
        ------
        UsageError
            If the plan has no such batch.
        StoreUnavailableError
            If there is nowhere to write to.
        """
        plan = self.planned()
        if not 0 <= batch < plan.batches:
            raise UsageError(f"the plan has no batch {batch}", where=self.key(_PLAN))
        collector = Collector(self._store, [source], datetime.now(UTC).date())

        def get(numbered: tuple[int, NewPackage]) -> tuple[Collected, ...]:
            number, package = numbered
            return self._outcome(number) or self._get(number, package, source, collector, plan.versions)

        with ThreadPoolExecutor(workers(_WORKERS)) as pool:
            for outcome in pool.map(get, plan.batch(batch)):
                on_done(outcome)

    def outcomes(self) -> Iterator[tuple[Collected, ...]]:
        """Yield how the search for each package ended, in the order of the plan; empty if it is not known."""
        for number in range(len(self.planned().packages)):
            yield self._outcome(number) or ()

    def _outcome(self, number: int) -> tuple[Collected, ...] | None:
        try:
            return documents.read(self._store, self.key(f"packages/{number}.json"), tuple[Collected, ...])
        except KeyNotFoundError:
            return None

    def _get(
        self, number: int, package: NewPackage, source: Source, collector: Collector, versions: int
    ) -> tuple[Collected, ...]:
        outcome = tuple(_collected(package, source, collector, versions))
        documents.write(self._store, self.key(f"packages/{number}.json"), outcome)
        return outcome


def _collected(
    package: NewPackage, source: Source, collector: Collector, versions: int
) -> Iterator[Collected]:
    """Collect one release, or the newest versions of a package without one."""
    if package.version:
        yield collector.collect(package)
        return
    reasons: dict[str, str] = {}
    found = list(dict.fromkeys(collector.versions(source, package, reasons)))[:versions]
    for version in found:
        yield collector.collect(of_version(package, version))
    if not found:
        reason = reasons.get(source.name, "the index lists no version that could be listed")
        yield Collected(package, "failed", reason=reason)
