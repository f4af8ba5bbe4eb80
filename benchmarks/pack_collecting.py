"""How fast releases of PyPI are collected for a knowledge pack: by HTTP Range, and by downloading wheels.

The packages are those that are installed beside this program, the newest versions of each, from the index that
pip is configured for. Both ways collect the same releases with the same number of requests at a time, one
after the other, into stores of their own::

    PYTHONPATH=. .venv/bin/python -m benchmarks.pack_collecting [PACKAGES [VERSIONS]]

What they found is compared: paths and sizes have to be equal, and the hashes that Range knows have to be those
of the download.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, NamedTuple

from praxi_tasks.learning.data import NewPackage, ReleaseStore, StoredRelease
from praxi_tasks.learning.run import PackRun
from praxi_tasks.learning.sources import Collected, Source
from praxi_tasks.learning.sources.pypi.pip import pip_index
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.store import open_store

PACKAGES: Final = 60
VERSIONS: Final = 5
_TARGET: Final = 25_000
_PODS: Final = 4
_PYPI: Final = "pypi"


class Collecting(NamedTuple):
    """What one way took, in seconds and CPU seconds of this process, and the releases it found."""

    seconds: float
    cpu: float
    releases: dict[tuple[str, str, str], StoredRelease]
    failed: int

    @property
    def per_minute(self) -> float:
        return len(self.releases) / self.seconds * 60


def names(most: int) -> list[str]:
    """Return installed packages, in the order of their names' hashes, so that any number is a fair sample."""
    found = {distribution.metadata["Name"].lower().replace("_", "-") for distribution in distributions()}
    return sorted(found, key=lambda name: (sum(name.encode()) * 7919 % 997, name))[:most]


def collect(source: Source, packages: Sequence[str], versions: int) -> Collecting:
    """Collect the newest versions of packages into a store of their own."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder).as_uri())
        run = PackRun(store, "benchmark")
        run.plan(_PYPI, "", [NewPackage(f"pkg:pypi/{n}", _PYPI, n, "") for n in packages], versions, 1)
        failed: list[Collected] = []
        began, cpu = time.perf_counter(), time.process_time()
        run.collect(source, 0, lambda found: failed.extend(each for each in found if each.state != "stored"))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        releases = {each.identity: each for each in ReleaseStore(store).everything()}
        return Collecting(seconds, cpu, releases, len(failed))


def agrees(part: StoredRelease, whole: StoredRelease) -> bool:
    """Return whether Range told nothing but what the download tells."""
    known = part.hashes != 0
    same = part.paths == whole.paths and bool((part.sizes == whole.sizes).all())
    return same and bool((part.hashes[known] == whole.hashes[known]).all())


def main() -> None:
    """Collect both ways and print the table."""
    most, versions = (int(word) for word in (*sys.argv[1:], PACKAGES, VERSIONS)[:2])
    address, chosen = pip_index(), names(most)
    ranged = collect(SimpleIndex(address, in_parts=True), chosen, versions)
    loaded = collect(SimpleIndex(address), chosen, versions)
    both = ranged.releases.keys() & loaded.releases.keys()
    wrong = [
        identity for identity in both if not agrees(ranged.releases[identity], loaded.releases[identity])
    ]
    files = sum(len(ranged.releases[identity].paths) for identity in both)
    hashed = sum(int((ranged.releases[identity].hashes != 0).sum()) for identity in both)
    print(f"{len(chosen)} packages, {versions} versions of each, {files:,} files")
    print("| | releases | failed | seconds | CPU-s | releases/min | 25,000 on 4 pods |")
    print("|---|---|---|---|---|---|---|")
    for title, way in (("by Range", ranged), ("by download", loaded)):
        minutes = _TARGET / way.per_minute / _PODS
        print(
            f"| {title} | {len(way.releases)} | {way.failed} | {way.seconds:.1f} | {way.cpu:.1f} | "
            f"{way.per_minute:,.0f} | {minutes:,.0f} min |"
        )
    print(f"ratio {ranged.per_minute / loaded.per_minute:.1f}; hashes known by Range: {hashed / files:.1%}")
    print(f"releases of which the two differ: {len(wrong)} of {len(both)} {wrong[:5]}")


if __name__ == "__main__":
    main()
