"""What paths alone name of real packages whose records are gone and that no model knows.

    python -m benchmarks.path_names [--kinds KIND ...] [--cache FOLDER]

The packages of a kind (`path_names.txt`) come from the Python index, the npm registry or the Debian archive
of this machine, and are packed into a layer twice: as they were installed, whose records say what is there,
and without any record (no dist-info, package.json or DESCRIPTION; Java archives cut in half). The second is
an image without a model. *Held out* are packages drawn by chance among those of science, after the rules were
written: of the 15,000 that are downloaded most, and of all others. *Imports* are those in which Praxi sees
that something is installed but says of no project (`import` relation). *Without their rows* each kind is read
again by a copy of Praxi whose table of imports lacks the rows of all packages in it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from packaging.version import InvalidVersion, Version

from benchmarks.layer_throughput import ROOT, FileBlob
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import calibration_error, reliability_diagram
from praxi_tasks.ecosystems import ecosystem_of
from praxi_tasks.findings.image import LayerFacts, fuse
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import (
    HEADS,
    Inventory,
    keep_file,
    looks_like_database,
    read_inventory,
    start_inspection,
)
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, Likeness, read_layer

SITE: Final = "usr/local/lib/python3.11/site-packages"
PACKAGES: Final = Path(__file__).with_suffix(".txt")
TABLE: Final = "praxi_tasks/inventory/paths/import_names.tsv"
KEYS: Final = [
    f"praxi_tasks/inventory/paths/{name}"
    for name in ("own_imports.bin", "project_names.bin", "shared_imports.tsv")
]
RECORDS: Final = re.compile(
    r"(?:\.dist-info|\.egg-info)(?:/|$)|(?:^|/)node_modules/(?:[^/]+/)+package\.json$|/DESCRIPTION$|^var/lib/dpkg/"
)
ARCHIVES: Final = (".jar", ".war")
# What is counted of an image of a kind: what others bring along is theirs.
COUNTED: Final = {"npm": ("npm",), "r": ("cran", "bioconductor"), "java": ("maven",)}


class Package(msgspec.Struct, frozen=True):
    """A package that is there, or is said to be; the others are its ties, or empty."""

    name: str
    version: str
    others: tuple[str, ...] = ()
    confidence: float = 1.0
    place: str = ""
    relation: str = ""


def kinds(file: Path = PACKAGES) -> dict[str, list[str]]:
    """Return the packages of each kind: a line each, after its name."""
    lines = (line.partition(":") for line in file.read_text().splitlines())
    return {kind: names.split() for kind, _, names in lines if names}


def build(kind: str, packages: Sequence[str], cache: Path) -> Path:
    """Install or unpack a kind's packages below a folder; a folder that is there is taken as it is."""
    root = cache / kind
    if root.exists():
        return root
    root.mkdir(parents=True)
    if kind == "npm":
        run(["npm", "install", "--prefix", root, "--no-audit", "--no-fund", "--ignore-scripts", *packages])
    elif kind == "r":
        archives = cache / "r.debs"
        archives.mkdir(exist_ok=True)
        run(["apt-get", "download", "-qq", *packages], folder=archives)
        for archive in sorted(archives.glob("*.deb")):
            run(["dpkg", "-x", archive, root])
    else:
        install(root / SITE, ["--no-deps", *packages])
    return root


def install(site: Path, words: Iterable[str]) -> None:
    """Install packages of the Python index into a folder of packages."""
    uv = [ROOT / ".venv/bin/uv", "pip", "install", "-q", "--python", sys.executable, "--target", site]
    run([*uv, *words])


def run(words: Iterable[object], folder: Path | None = None) -> bytes:
    """Run a command and return what it prints."""
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, cwd=folder).stdout


def pack(root: Path, layer: Path, *, records: bool) -> None:
    """Pack a folder into a layer, with or without what records its packages."""
    with tarfile.open(layer, "w") as archive:
        for folder, _, files in sorted(os.walk(root)):
            for name in sorted(files):
                path = Path(folder, name)
                inside = os.fspath(path.relative_to(root))
                if not records and RECORDS.search(inside):
                    continue
                if not records and name.endswith(ARCHIVES) and path.is_file():
                    member = archive.gettarinfo(path, inside)
                    member.size //= 2
                    archive.addfile(member, io.BytesIO(path.read_bytes()[: member.size]))
                else:
                    archive.add(path, inside, recursive=False)


def read(layer: Path) -> tuple[Changeset, Inventory]:
    """Read a layer as an audit does."""
    with layer.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    inspection = start_inspection()
    reading = read_layer(
        FileBlob(layer, digest),
        Descriptor("", f"sha256:{digest}", layer.stat().st_size),
        limits=LayerLimits(),
        retain=keep_file,
        likeness=Likeness(HEADS, looks_like_database),
        inspection=inspection,
    )
    changes = Changeset.from_reading(reading)
    found = read_inventory(changes, reading.retained, reserve=reading.reserve, inspected=inspection.results)
    return changes, found


def recorded(kind: str, inventory: Inventory) -> list[Package]:
    """Return the packages that records tell, but for those inside others and lists of archives' parts."""
    found: dict[tuple[str, str], Package] = {}
    for claim in inventory.claims:
        if claim.ecosystem not in COUNTED.get(kind, ("pypi",)):
            continue
        place = claim.database if kind == "java" else posixpath.dirname(claim.database)
        if kind not in COUNTED and posixpath.dirname(place) != SITE:
            continue
        name = key_of(claim.ecosystem, claim.name)
        own = kind != "java" or posixpath.basename(claim.database).startswith(name)
        if own:
            found.setdefault(
                (name, place if kind != "java" else ""), Package(name, claim.version, place=place)
            )
    return list(found.values())


def named(kind: str, layer: Path) -> list[Package]:
    """Return the packages that paths name in an image of one layer, of which no model says anything."""
    changes, inventory = read(layer)
    found = []
    for item in fuse([LayerFacts(changes, inventory)]).components:
        if item.relation:
            found.append(Package(item.name, "", relation=item.relation))
        elif "path" in item.sources and item.ecosystem in COUNTED.get(kind, ("pypi",)):
            others = tuple(key_of(*tie.split("/", 1)) for tie in item.ties)
            version = item.versions[0] if item.versions else ""
            place = item.evidence[0] if kind == "npm" else ""
            found.append(Package(key_of(item.ecosystem, item.name), version, others, item.confidence, place))
    return found


def key_of(ecosystem: str, name: str) -> str:
    """Return what two spellings of a name have in common; of Maven's names the artifact."""
    return ecosystem_of(ecosystem).key(name).rpartition(":")[2]


class Count(msgspec.Struct):
    """How what is named compares with what is there."""

    there: int
    right: int = 0
    tied: int = 0
    false: int = 0
    versions: int = 0
    wrong_versions: int = 0
    imports: int = 0
    lines: list[str] = []
    said: list[tuple[float, bool]] = []


def compare(truth: Sequence[Package], said: Sequence[Package]) -> Count:
    """Count what of some packages is named: each as often as it is there."""
    left = Counter(package.name for package in truth)
    versions: dict[str, set[str]] = {}
    for package in truth:
        versions.setdefault(package.name, set()).add(package.version)
    count = Count(len(truth))
    for package in said:
        if package.relation:
            count.imports += 1
            continue
        names = [name for name in (package.name, *package.others) if name in left]
        count.said.append((package.confidence, bool(names)))
        if not names:
            count.false += 1
            count.lines.append(f"{package.name} ({package.confidence:.2f})")
            continue
        name = next((name for name in names if left[name] > 0), None)
        if name is None:
            continue
        left[name] -= 1
        count.right += name == package.name
        count.tied += name != package.name
        if package.version:
            same = any(_same(package.version, version) for version in versions[name])
            count.versions += same
            count.wrong_versions += not same
    return count


def _same(one: str, other: str) -> bool:
    try:
        return Version(one).public == Version(other).public
    except InvalidVersion:
        return one == other


def without_rows(names: Iterable[str], folder: Path) -> None:
    """Copy Praxi into a folder, without the rows of some distributions and without rare imports."""
    shutil.copytree(
        ROOT / "praxi_tasks", folder / "praxi_tasks", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "benchmarks", folder / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    dropped, lines = set(names), []
    for line in (ROOT / TABLE).read_text().splitlines():
        name, _, row = line.partition("\t")
        owners = {part.partition(":")[0] for part in row.split()} or {ecosystem_of("pypi").key(name)}
        if row.startswith("*"):
            kept = [part for part in row.split() if part not in dropped]
            lines.append(f"{name}\t{' '.join(kept)}")
        elif not owners & dropped:
            lines.append(line)
    (folder / TABLE).write_text("\n".join(lines) + "\n")
    for file in KEYS:
        (folder / file).write_bytes(b"")


def measure(kind: str, root: Path, cache: Path) -> tuple[Count, Count | None]:
    """Return what is named of a kind, with the whole table and without the rows of its packages."""
    layer = cache / f"{kind}.tar"
    pack(root, layer, records=True)
    truth = recorded(kind, read(layer)[1])
    pack(root, layer, records=False)
    count, without = compare(truth, named(kind, layer)), None
    if kind not in COUNTED:
        with tempfile.TemporaryDirectory() as folder:
            without_rows({package.name for package in truth}, Path(folder))
            words = [sys.executable, "-m", "benchmarks.path_names", "--read", layer, "--kinds", kind]
            without = compare(truth, msgspec.json.decode(run(words, Path(folder)), type=list[Package]))
    layer.unlink()
    return count, without


def main() -> None:
    """Compare kind by kind."""
    packages = kinds()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=packages, default=list(packages), metavar="KIND")
    parser.add_argument("--cache", type=Path, default=ROOT / ".praxi" / "benchmarks" / "path_names")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        sys.stdout.buffer.write(msgspec.json.encode(named(options.kinds[0], options.read)))
        return
    table = Table(
        *("kind", "packages", "named", "one of its ties", "false names", "version right", "wrong", "none"),
        "imports",
        "without their rows: named",
        "false",
    )
    said: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    notes = []
    for kind in options.kinds:
        root = build(kind, packages[kind], options.cache.absolute())
        count, without = measure(kind, root, options.cache.absolute())
        table.add(kind, *_cells(count), *(_short_cells(without) if without else ("", "")))
        said[kind.startswith("held-out")] += count.said
        notes += [f"- {kind}: named wrongly: {line}" for line in count.lines]
    errors = [
        f"Calibration error of the confidence: {error_of(pairs):.3f} of {len(pairs)}"
        f" names {'held out' if held_out else 'of the other kinds'}."
        for held_out, pairs in said.items()
        if pairs
    ]
    write_results("path_names", "What paths alone name", table, " ".join(errors), "\n".join(notes))


def error_of(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return the calibration error of names: how sure each is, and whether it is right."""
    confidence, right = zip(*pairs, strict=True)
    return calibration_error(reliability_diagram(np.array(confidence), np.array(right)))


def _cells(count: Count) -> tuple[str, ...]:
    named = count.right + count.tied
    none = named - count.versions - count.wrong_versions
    total = named + count.false
    return (
        str(count.there),
        f"{named} ({named / count.there:.1%})",
        str(count.tied),
        f"{count.false} ({count.false / max(total, 1):.1%})",
        *map(str, (count.versions, count.wrong_versions, none, count.imports)),
    )


def _short_cells(count: Count) -> tuple[str, str]:
    named = count.right + count.tied
    return f"{named / count.there:.1%}", f"{count.false} ({count.false / max(named + count.false, 1):.1%})"


if __name__ == "__main__":
    main()
