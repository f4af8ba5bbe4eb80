"""Collects many releases for a knowledge pack: a list of packages, the newest versions of each.

A run can be ended at any time and goes on where it was: a release that is in the store is not read again, and
a package of which all that is wanted is there is not asked about again; one that failed is. Releases go from
the index to the store one by one, so neither memory nor disk grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Final, NamedTuple

import msgspec

from praxi_tasks.errors import (
    IndexUnavailableError,
    KeyNotFoundError,
    ReleaseError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    UsageError,
)
from praxi_tasks.isolation import workers
from praxi_tasks.learning.data import NewPackage, of_version
from praxi_tasks.learning.run.documents import PACK_PLAN, step_document
from praxi_tasks.learning.sources import Collected, Collector, Source
from praxi_tasks.store import Store, documents, keys

MOST_BATCHES: Final = 1_024
_WORKERS: Final = 8
_MOST_UNANSWERED: Final = 24
"""Packages in a row about which an index may give no answer before it is left alone."""


class Outcome(NamedTuple):
    """How the search for one package ended.

    Attributes
    ----------
    found
        Of each release that was wanted.
    is_new
        Whether it was searched now, and not by an earlier try.
    unanswered
        Why the index gave no answer about the package, or none of its files; empty if it did.
    """

    found: tuple[Collected, ...]
    is_new: bool
    unanswered: str = ""


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

    def batch(self, number: int) -> Sequence[NewPackage]:
        """Return the packages of one batch: every so many, so that all take as long."""
        return self.packages[number :: self.batches]


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
            raise UsageError(
                "no package is named",
                action="give a list: without one it is what the last audit of the Dag praxi_audit found, "
                "and of this there is nothing",
            )
        tasks = min(batches, len(chosen), MOST_BATCHES)
        plan = PackPlan(ecosystem, suite, chosen, versions, tasks, index or ecosystem, name, whole)
        documents.write(self._store, self.key(PACK_PLAN), plan)
        documents.write(self._store, self.key("batches.json"), list(range(plan.batches)))
        return plan

    def planned(self) -> PackPlan:
        """Read the plan."""
        return step_document(self._store, self.key(PACK_PLAN), PackPlan)

    def collect(
        self, source: Source, batch: int, on_done: Callable[[Outcome], None] = lambda _: None
    ) -> None:
        """Get the releases of one batch into the store.

        Parameters
        ----------
        on_done
            Called with the outcome of each package, also of those that an earlier try got; by one thread.

        Raises
        ------
        UsageError
            If the plan has no such batch, or a setting of the source is wrong.
        StoreUnavailableError
            If there is nowhere to write to.
        IndexUnavailableError
            If the index answers for none of many packages in a row, or for none of all.
        """
        plan = self.planned()
        if not 0 <= batch < plan.batches:
            raise UsageError(f"the plan has no batch {batch}", where=self.key(PACK_PLAN))
        collector = Collector(self._store, [source], datetime.now(UTC).date())

        def get(package: NewPackage) -> Outcome:
            known = self._outcome(package, plan.versions)
            if known and not any(each.state == "failed" for each in known):
                return Outcome(known, is_new=False)
            patience.require(_MOST_UNANSWERED)
            return patience.count(self._get(package, source, collector, plan.versions))

        patience = _Patience()
        with ThreadPoolExecutor(workers(_WORKERS)) as pool:
            for outcome in pool.map(get, plan.batch(batch)):
                on_done(outcome)
        patience.require(min(patience.asked, _MOST_UNANSWERED) or 1)

    def outcomes(self) -> Iterator[tuple[Collected, ...]]:
        """Yield how the search for each package ended, in the order of the plan; empty if it is not known."""
        plan = self.planned()
        for package in plan.packages:
            yield self._outcome(package, plan.versions) or ()

    def _outcome(self, package: NewPackage, versions: int) -> tuple[Collected, ...] | None:
        try:
            return documents.read(self._store, self._place(package, versions), tuple[Collected, ...])
        except KeyNotFoundError:
            return None

    def _get(self, package: NewPackage, source: Source, collector: Collector, versions: int) -> Outcome:
        outcome = _search(package, source, collector, versions)
        documents.write(self._store, self._place(package, versions), outcome.found)
        return outcome

    def _place(self, package: NewPackage, versions: int) -> str:
        """Return where the outcome of a package is, by what was wanted: plans number them differently."""
        wanted = f"{package.purl} {versions}".encode()
        return self.key(f"packages/{sha256(wanted).hexdigest()[:32]}.json")


class _Patience:
    """Counts the packages in a row about which an index gave no answer, to any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._unanswered: list[str] = []
        self.asked = 0

    def count(self, outcome: Outcome) -> Outcome:
        """Count a package that was asked about, and return its outcome."""
        with self._lock:
            self.asked += 1
            self._unanswered = [*self._unanswered, outcome.unanswered] if outcome.unanswered else []
        return outcome

    def require(self, most: int) -> None:
        """Raise :class:`IndexUnavailableError` after so many without an answer."""
        unanswered = self._unanswered
        if len(unanswered) >= most:
            raise IndexUnavailableError(
                f"the index answered for none of the last {len(unanswered)} packages: {unanswered[-1]}",
                action="start again later: what is stored is kept",
            )


def _search(package: NewPackage, source: Source, collector: Collector, versions: int) -> Outcome:
    """Collect one release, or the newest versions of a package without one."""
    if package.version:
        return _of_releases([collector.collect(package)])
    listed = collector.versions(source, package)
    if isinstance(listed.error, UsageError):
        raise listed.error
    newest = list(dict.fromkeys(listed.found))[:versions]
    if newest:
        return _of_releases([collector.collect(of_version(package, each)) for each in newest])
    reason = listed.reason or "the index has no version whose files it could list"
    failed = Collected(package, "failed", reason=reason)
    return Outcome((failed,), is_new=True, unanswered=reason if _is_silence(listed.error) else "")


def _of_releases(found: Sequence[Collected]) -> Outcome:
    """Return the outcome of releases: what has their files may be down where what has the pages is not."""
    unanswered = found[-1].reason if all(each.passes for each in found) else ""
    return Outcome(tuple(found), is_new=True, unanswered=unanswered)


def _is_silence(error: Exception | None) -> bool:
    """Return whether an index gave no answer about a package, rather than that it does not have it."""
    return isinstance(error, ReleaseError) and not isinstance(
        error, ReleaseNotFoundError | ReleaseRefusedError
    )
