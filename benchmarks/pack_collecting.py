"""How fast releases are collected for a knowledge pack: of PyPI by HTTP Range and by downloads, of Debian.

Python's packages are those that are installed beside this program, the newest versions of each, from the
index that pip is configured for. Both ways collect the same releases with the same number of requests at a
time, one after the other, into stores of their own. Debian's are some of a suite, from apt's mirror::

    PYTHONPATH=. .venv/bin/python -m benchmarks.pack_collecting [PACKAGES [VERSIONS [SUITE [PACKAGES]]]]

What the two ways found is compared: paths and sizes have to be equal, and the hashes that Range knows have to
be those of the download.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.report import Table, write_results
from praxi_tasks.ecosystems import DEB, PYPI
from praxi_tasks.learning.data import NewPackage, ReleaseStore, StoredRelease
from praxi_tasks.learning.run import PackRun
from praxi_tasks.learning.sources import Collected, Source
from praxi_tasks.learning.sources.debian.suite import SuiteSource
from praxi_tasks.learning.sources.pypi.pip import pip_index
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import open_store

PACKAGES: Final = 60
VERSIONS: Final = 5
_TARGET: Final = 25_000
_PODS: Final = 4
_HEADS: Final = ("releases", "failed", "seconds", "CPU seconds", "releases a minute")


class Collecting(NamedTuple):
    """What one way took, in seconds and CPU seconds of this process, and the releases it found."""

    seconds: float
    cpu: float
    releases: dict[tuple[str, str, str], StoredRelease]
    failed: int

    @property
    def per_minute(self) -> float:
        """Releases a minute."""
        return len(self.releases) / self.seconds * 60

    def cells(self, target: int) -> tuple[str, ...]:
        """Return the cells under the headings, with the minutes that ``target`` releases take."""
        return (
            str(len(self.releases)),
            str(self.failed),
            f"{self.seconds:.1f}",
            f"{self.cpu:.1f}",
            f"{self.per_minute:,.0f}",
            f"{target / self.per_minute / _PODS:,.0f} min",
        )


def names(most: int) -> list[str]:
    """Return installed packages, in the order of their names' hashes, so that any number is a fair sample."""
    found = {distribution.metadata["Name"].lower().replace("_", "-") for distribution in distributions()}
    return sorted(found, key=lambda name: (sum(name.encode()) * 7919 % 997, name))[:most]


def collect(source: Source, packages: Sequence[str], versions: int, ecosystem: str) -> Collecting:
    """Collect the newest versions of packages into a store of their own."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder).as_uri())
        run = PackRun(store, "benchmark")
        wanted = [NewPackage(f"pkg:{ecosystem}/{name}", ecosystem, name, "") for name in packages]
        run.plan(ecosystem, "", wanted, versions, 1)
        failed: list[Collected] = []
        began, cpu = time.perf_counter(), time.process_time()
        run.collect(
            source, 0, lambda done: failed.extend(each for each in done.found if each.state != "stored")
        )
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        releases = {each.identity: each for each in ReleaseStore(store).everything()}
        return Collecting(seconds, cpu, releases, len(failed))


def agrees(part: StoredRelease, whole: StoredRelease) -> bool:
    """Return whether Range told nothing but what the download tells."""
    known = part.hashes != 0
    same = part.paths == whole.paths and bool((part.sizes == whole.sizes).all())
    return same and bool((part.hashes[known] == whole.hashes[known]).all())


def python(most: int, versions: int) -> list[object]:
    """Collect both ways, and compare what they found."""
    address, chosen = pip_index(), names(most)
    ranged = collect(SimpleIndex(address, in_parts=True), chosen, versions, PYPI.purl_type)
    loaded = collect(SimpleIndex(address), chosen, versions, PYPI.purl_type)
    both = ranged.releases.keys() & loaded.releases.keys()
    wrong = [one for one in both if not agrees(ranged.releases[one], loaded.releases[one])]
    files = sum(len(ranged.releases[one].paths) for one in both)
    hashed = sum(int((ranged.releases[one].hashes != 0).sum()) for one in both)
    table = Table("PyPI", *_HEADS, f"{_TARGET:,} releases on {_PODS} pods", "ratio to the download")
    for title, way in (("by Range", ranged), ("by download", loaded)):
        table.add(title, *way.cells(_TARGET), f"{way.per_minute / loaded.per_minute:.1f}")
    return [
        f"{len(chosen)} packages, {versions} versions of each:",
        table,
        f"The two ways differ in {len(wrong)} of {len(both)} releases: in paths, sizes or a known hash.",
        f"Range knows the hashes of {hashed / files:.0%} of {files:,} files.",
    ]


def debian(suite: str, most: int) -> list[object]:
    """Collect every so manieth package of a suite, by name."""
    source = SuiteSource(suite)
    known = source.packages()
    chosen = known[:: max(len(known) // most, 1)][:most]
    found = collect(source, chosen, 1, DEB.purl_type)
    table = Table("Debian", *_HEADS, f"{len(known):,} packages on {_PODS} pods")
    table.add(f"{suite}, by download", *found.cells(len(known)))
    return [f"{len(chosen)} packages of all sizes:", table]


def main() -> None:
    """Collect and write the tables."""
    given = dict(enumerate(sys.argv[1:]))
    write_results(
        "pack_collecting",
        "Collecting releases for knowledge packs",
        *python(int(given.get(0, PACKAGES)), int(given.get(1, VERSIONS))),
        *debian(given.get(2, "bookworm"), int(given.get(3, PACKAGES))),
        "What is extrapolated is four times the rate of one process on this machine, whose two cores others "
        "used too. An index that is farther away, or slows down who asks much, takes longer.",
    )


if __name__ == "__main__":
    main()
