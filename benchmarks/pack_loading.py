"""What it costs to load a model of knowledge packs, beside reading and merging all of it, and to ask it.

Packs are real, Debian's archive and releases of PyPI, and copies of them whose hashes are changed, as many as
make the size. Each measurement is a process of its own, as a pod is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.discovery_cost import layer
from benchmarks.discovery_data import contents_files, data_folder
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Catalogue, Model, bundle_size, run_bounds, run_indices
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data import read_releases
from praxi_tasks.learning.training import learn_files

SIZES: Final = (100e6, 1e9)
PACKS: Final = 8
"""How many packs of releases a model has beside those of two suites."""

PATHS: Final = 1_000
_SHARED: Final = 0.7
"""The share of packages that two suites have alike."""

_MEANING: Final = (
    "*Resident* is what the process has after loading, *of its own* what of that at the end is not pages of "
    "the packs' files. Such pages count as *highest* as well: the kernel maps neighbours of those that are "
    "read where it has them anyway, and takes all of them back where memory is short."
)

_MEASURE: Final = """
import hashlib, json, sys, time
from dataclasses import replace
from statistics import median
import numpy as np
from praxi_tasks.discovery import Catalogue, Model, Lookup, join_catalogues, open_bundle
from praxi_tasks.fingerprint import Tagset
way, uri, layer = sys.argv[1:]

def memory(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1e3

began = time.process_time()
if way == "merged":
    manifest, pool = open_bundle(uri)
    parts = []
    for pack in manifest.packs:
        for part in pack.parts:
            catalogue = Catalogue.from_bytes(pool.read(part), pack.name)
            catalogue.check()
            parts.append(catalogue)
    whole = join_catalogues(parts)
    model = Model.load(uri).replaced(catalogues=[whole])
else:
    model = Model.load(uri)
if way == "searched":
    model = model.replaced(catalogues=[replace(part, stored_starts=()) for part in model.parts])
loaded = time.process_time() - began
resident = memory("VmRSS")
tagset = Tagset.from_paths("sha256:" + "0" * 64, json.load(open(layer)))
named = len(model.predict(tagset).releases)
moments = []
for _ in range(60):
    began = time.process_time()
    model.predict(tagset)
    moments.append(time.process_time() - began)
print(json.dumps([loaded, resident, memory("RssAnon"), memory("VmHWM"), median(moments), named]))
"""


def main() -> None:
    rng = np.random.default_rng(16)
    contents = contents_files()
    model = learn_files(contents).model
    suites = [
        replace(model.parts[0], pack="debian/one"),
        replace(renamed_suite(model.parts[0], rng), pack="debian/two"),
    ]
    releases = build_catalogue(read_releases(data_folder() / "pypi-releases.jsonl.xz"))
    tagset = layer(model, contents, PATHS, rng)
    table = Table(
        *("packs", "loaded by", "load, CPU s", "resident, MB", "of its own, MB", "highest, MB"),
        "predict 1,000 paths, CPU ms",
    )
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder, "layer.json")
            paths.write_text(json.dumps(list(tagset.paths)))
            uri = Path(folder, "model").as_uri()
            _fill(model, suites, releases, size, rng).save(uri)
            for row in _rows(Path(folder), uri, paths):
                table.add(f"{bundle_size(uri) / 1e6:,.0f} MB", *row)
    table.add("bar at 1 GB", "-", "0.1", "150", "150", "-", "5")
    write_results("pack_loading", "What a model of knowledge packs costs to load and to ask", table, _MEANING)


def _rows(folder: Path, uri: str, paths: Path) -> Iterator[tuple[str, ...]]:
    """Measure a model as it is, never loaded before, and read and merged as a whole."""
    yield _row("mapping", *_measure("mapped", uri, paths))
    yield _row("mapping, hashes by binary search", *_measure("searched", uri, paths))
    for mark in (folder / "model" / "parts").glob("*.checked"):
        mark.unlink()
    yield _row("mapping, the first time: all is hashed", *_measure("mapped", uri, paths))
    yield _row("reading, hashing and merging", *_measure("merged", uri, paths))


def _measure(way: str, uri: str, paths: Path) -> list[float]:
    words = [sys.executable, "-c", _MEASURE, way, uri, str(paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    measured: list[float] = json.loads(done.stdout)
    return measured


def _row(
    way: str, load: float, resident: float, own: float, highest: float, predict: float, named: float
) -> tuple[str, ...]:
    if not named:
        raise SystemExit("the layer's packages are not named")
    sizes = (f"{size:.0f}" for size in (resident, own, highest))
    return way, f"{load:.3f}", *sizes, f"{predict * 1000:.1f}"


def _fill(
    model: Model, suites: list[Catalogue], releases: Catalogue, size: float, rng: np.random.Generator
) -> Model:
    """Return a model of both suites and packs of releases that has about so many bytes."""
    one = len(releases.to_bytes())
    left = size - sum(len(suite.to_bytes()) for suite in suites)
    times = max(int(left / one / PACKS), 1)
    packs = [replace(_copies(releases, times, rng), pack=f"pypi/pack{number}") for number in range(PACKS)]
    return model.replaced(catalogues=[*suites, *packs])


def renamed_suite(catalogue: Catalogue, rng: np.random.Generator) -> Catalogue:
    """Return a suite that has some of the packages of another under new names and paths."""
    new = rng.random(len(catalogue.packages)) > _SHARED
    salt = rng.integers(1, 1 << 63, dtype=np.uint64)
    keys = np.where(new[catalogue.owners], catalogue.keys ^ salt, catalogue.keys)
    folders = np.where(new[catalogue.folder_owners], catalogue.folders ^ salt, catalogue.folders)
    by_key, by_folder = np.argsort(keys, kind="stable"), np.argsort(folders, kind="stable")
    names = [
        f"{name}t64" if renamed else name
        for name, renamed in zip(catalogue.packages, new.tolist(), strict=True)
    ]
    return replace(
        catalogue,
        packages=names,
        keys=keys[by_key],
        owners=catalogue.owners[by_key],
        folders=folders[by_folder],
        folder_owners=catalogue.folder_owners[by_folder],
        stored_index=None,
    )


def _copies(catalogue: Catalogue, times: int, rng: np.random.Generator) -> Catalogue:
    """Return a catalogue of so many copies of a catalogue, each with other names and hashes."""
    salts = rng.integers(1, 1 << 63, times, dtype=np.uint64)
    count, rows = len(catalogue.packages), len(catalogue.row_keys)
    keys, owners = _salted(catalogue.keys, catalogue.owners, salts, count)
    folders, folder_owners = _salted(catalogue.folders, catalogue.folder_owners, salts, count)
    package = np.repeat(np.arange(count * times), np.tile(np.diff(catalogue.row_starts), times))
    row_keys = (catalogue.row_keys[None, :] ^ salts[:, None]).ravel()
    order = np.lexsort((row_keys, package))
    row = order % max(rows, 1)
    held = np.diff(catalogue.holder_starts)[row]
    return Catalogue(
        packages=[f"{name}-{copy}" for copy in range(times) for name in catalogue.packages],
        expected=np.tile(catalogue.expected, times),
        extras=np.tile(catalogue.extras, times),
        keys=keys,
        owners=owners,
        folders=folders,
        folder_owners=folder_owners,
        versions=list(catalogue.versions) * times,
        version_starts=run_bounds(np.tile(np.diff(catalogue.version_starts), times)),
        row_starts=run_bounds(np.tile(np.diff(catalogue.row_starts), times)),
        row_keys=row_keys[order],
        row_sizes=catalogue.row_sizes[row],
        row_hashes=catalogue.row_hashes[row],
        row_core=catalogue.row_core[row],
        holder_starts=run_bounds(held),
        holders=catalogue.holders[run_indices(catalogue.holder_starts[row], held)],
    )


def _salted(
    keys: NDArray[np.uint64], owners: NDArray[np.uint32], salts: NDArray[np.uint64], count: int
) -> tuple[NDArray[np.uint64], NDArray[Any]]:
    """Return sorted keys of all copies, and their owners' numbers; shape ``(copies * n,)`` each."""
    many = (keys[None, :] ^ salts[:, None]).ravel()
    numbers = (owners[None, :] + np.arange(len(salts), dtype=np.uint32)[:, None] * np.uint32(count)).ravel()
    order = np.argsort(many, kind="stable")
    return many[order], numbers[order]


if __name__ == "__main__":
    main()
