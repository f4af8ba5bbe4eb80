"""One program or library, moved or renamed, in an image that has nothing else: is its package named?

    python -m benchmarks.moved_binaries --cache FOLDER [--packages N]

Packages of the Debian archive and wheels of the Python index are fetched as apt and pip are configured: some
at random, and some in two versions, the stable release's and the security archive's. Most are learned; others
stay unknown, and of half of the packages with two versions the newer one does. Then each image is one file
that is ELF, or a script of 256 bytes or more that is no document, and no library that a wheel brought of
others; nobody asks whether the index chose it. ELF files are moved once more after ``strip`` took from them
what it can: then the build-id alone is left.
The same model without its index is the baseline. Decoys are learned paths with another content, and
documents, licences and data of learned packages at a program's path. Last come whole packages: which version
of Debian's is told.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from xxhash import xxh3_64_intdigest

from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model, ReleasePrediction, calibration_error, reliability_diagram
from praxi_tasks.fingerprint import BuildIds, Tagset, normalise_all
from praxi_tasks.inventory import build_id_of_file
from praxi_tasks.learning.training import learn_files
from praxi_tasks.oci.layer import FileContent

WHEELS = """
    numpy lxml ruff uv ninja pydantic-core cryptography cffi orjson msgspec xxhash zstandard lz4 pyyaml
    markupsafe psutil greenlet regex rpds-py pyzmq pillow grpcio protobuf aiohttp yarl multidict frozenlist
    wrapt debugpy
""".split()  # noqa: SIM905 - a table of words
PLACES = (
    "usr/local/bin/whatever",
    "app/bin/{}",
    "opt/conda/bin/{}",
    "opt/conda/lib/{}",
    "{}",
    "app/cli.runfiles/main/{}",
    "home/user/.local/bin/x",
)


class File(NamedTuple):
    """A file of a package: its path, size, content hash, whether it is a program or library, its build-id."""

    path: str
    size: int
    hash: int
    runs: bool
    build_id: int = 0


class Package(NamedTuple):
    """A package's file in the cache, its release, and its files."""

    path: Path
    name: str
    version: str
    files: list[File]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="where the packages are")
    parser.add_argument("--packages", type=int, default=160, help="how many of Debian's, at random")
    parsed = parser.parse_args()
    fetch(parsed.cache, parsed.packages)
    rng = random.Random(31)
    found = [read(path) for path in sorted(parsed.cache.iterdir()) if path.suffix in (".deb", ".whl")]
    versions: defaultdict[str, list[Package]] = defaultdict(list)
    for package in found:
        versions[package.name].append(package)
    known: list[Package] = []
    untaught: list[Package] = []
    unknown: list[Package] = []
    for name in sorted(versions):
        several = sorted(versions[name], key=lambda each: each.version)
        share = rng.random()
        if len(several) > 1:
            known += several if share < 0.5 else several[:1]
            untaught += [] if share < 0.5 else several[1:]
        else:
            (known if share < 0.7 else unknown).extend(several)
    model = learn_files([package.path for package in known]).model
    old = model.replaced(contents=())
    write_results(
        "moved_binaries",
        "Moved and renamed programs and libraries",
        f"{len(known)} releases are learned, {len(untaught)} are other versions of theirs, {len(unknown)} of"
        " packages that are not learned. Right: the package is named, or ties with the one that is; told: it"
        " is the only one; version: one is stated, and it is right. Of the wrong versions it is counted how"
        " many files are byte for byte as the stated version has them: no content tells those.",
        moved_table(model, old, known, untaught, unknown, rng),
        decoy_table(model, old, known, rng),
        "Debian packages as a whole, twelve in each image, without dpkg's databases:",
        version_table(model, old, known, untaught, rng),
        index_line(model),
    )


def fetch(cache: Path, count: int) -> None:
    """Download what is not in the cache yet."""
    if cache.is_dir() and any(cache.iterdir()):
        return
    cache.mkdir(parents=True, exist_ok=True)
    rng = random.Random(4)
    stable, security = listed("_main_binary"), listed("-security_main_binary")
    small = {name: row for name, row in stable.items() if 8_000 < row[1] < 1_500_000}
    both = sorted(name for name in security if name in small and security[name][0] != small[name][0])
    twice = rng.sample(both, min(count // 2, len(both)))
    wanted = [f"{name}={rows[name][0]}" for name in twice for rows in (small, security)]
    wanted += rng.sample(sorted(small), count)
    for start in range(0, len(wanted), 20):
        batch = wanted[start : start + 20]
        subprocess.run(
            ["apt-get", "download", "-qq", *batch], cwd=cache, check=False, stderr=subprocess.DEVNULL
        )
    for name in WHEELS:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "-d", str(cache), name], check=False)


def listed(which: str) -> dict[str, tuple[str, int]]:
    """Return version and size of the packages in apt's lists whose files' names hold a word."""
    found: dict[str, tuple[str, int]] = {}
    for path in sorted(Path("/var/lib/apt/lists").glob(f"*{which}*Packages*")):
        text = subprocess.run(
            ["/usr/lib/apt/apt-helper", "cat-file", path], check=True, capture_output=True, text=True
        ).stdout
        for stanza in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line)
            if fields.get("Section", "doc").rpartition("/")[2] not in ("doc", "debug", "fonts"):
                found[fields["Package"]] = (fields["Version"], int(fields["Size"]))
    return found


def read(path: Path) -> Package:
    """Read a package's files."""
    files = [described(name, content, executable=executable) for name, content, executable in members(path)]
    if path.suffix == ".whl":
        name, version = path.name.split("-")[:2]
        return Package(path, f"pypi/{name.lower().replace('_', '-')}", version, files)
    name, version = path.name.split("_")[:2]
    return Package(path, f"deb/{name}", version.replace("%3a", ":"), files)


def members(path: Path) -> Iterator[tuple[str, bytes, bool]]:
    """Yield the path of each file of a package, its content, and whether it may be executed."""
    return members_of_wheel(path) if path.suffix == ".whl" else members_of_deb(path)


def members_of_wheel(path: Path) -> Iterator[tuple[str, bytes, bool]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and ".dist-info/" not in entry.filename:
                content = archive.read(entry)
                executable = bool(entry.external_attr >> 16 & 0o111)
                yield f"site-packages/{entry.filename}", content, executable


def members_of_deb(path: Path) -> Iterator[tuple[str, bytes, bool]]:
    command = ["dpkg-deb", "--fsys-tarfile", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        stream: IO[bytes] | None = process.stdout
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isreg() and (file := archive.extractfile(member)):
                    executable = bool(member.mode & 0o111)
                    yield member.name.removeprefix("./"), file.read(), executable


def described(path: str, content: bytes, *, executable: bool) -> File:
    script = executable and content.startswith(b"#!") and len(content) >= 256
    document = path.startswith(("usr/share/doc/", "usr/share/bug/"))
    foreign = ".libs/" in path  # auditwheel puts the libraries of others there
    runs = not foreign and (content.startswith(b"\x7fELF") or (script and not document))
    known_as = build_id_of_file(path, FileContent(content, len(content))) if content[:4] == b"\x7fELF" else 0
    return File(path, len(content), xxh3_64_intdigest(content), runs, known_as)


def layer(files: Iterable[tuple[str, File]]) -> Tagset:
    """Return a layer that holds files at other paths."""
    pairs = list(files)
    paths = [path for path, _ in pairs]
    return Tagset(
        "sha256:0",
        paths,
        normalise_all(paths),
        np.array([file.size for _, file in pairs], np.uint64),
        np.array([file.hash for _, file in pairs], np.uint64),
        np.ones(len(pairs), np.bool_),
        build_ids=BuildIds.of(paths, {path: file.build_id for path, file in pairs}),
    )


def moved(package: Package, rng: random.Random, most: int = 3) -> Iterator[tuple[str, File]]:
    """Yield a few programs and libraries of a package, each somewhere else."""
    programs = [file for file in package.files if file.runs]
    for file in rng.sample(programs, min(most, len(programs))):
        yield rng.choice(PLACES).format(file.path.rpartition("/")[2]), file


def stripped(package: Package, rng: random.Random) -> Iterator[tuple[str, File]]:
    """Yield a few programs and libraries of a package, each somewhere else, as ``strip`` leaves them."""
    chosen = {file.path: place for place, file in moved(package, rng)}
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, content, _) in enumerate(members(package.path)):
            if path in chosen and content.startswith(b"\x7fELF"):
                copy = Path(folder) / str(number)
                copy.write_bytes(content)
                command = ["strip", "-s", "-R", ".comment", "-R", ".gnu_debuglink", str(copy)]
                with contextlib.suppress(subprocess.CalledProcessError):  # it knows no other machines' files
                    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                    yield chosen[path], described(path, copy.read_bytes(), executable=True)


def moved_table(
    model: Model,
    old: Model,
    known: Sequence[Package],
    untaught: Sequence[Package],
    unknown: Sequence[Package],
    rng: random.Random,
) -> Table:
    table = Table(
        "the file is of",
        "files",
        "before: right",
        "right",
        "told",
        "version",
        "wrong",
        "wrong version",
        "of these the same file",
        "ECE",
    )
    debs = [each for each in known if each.path.suffix == ".deb"]
    wheels = [each for each in known if each.path.suffix == ".whl"]
    groups = (
        ("a learned release of Debian", debs, moved),
        ("the same, stripped", debs, stripped),
        ("a learned wheel", wheels, moved),
        ("the same, stripped", wheels, stripped),
        ("an untaught version", untaught, moved),
        ("an unknown package", unknown, moved),
    )
    taught = {(package.name, file.hash) for package in known for file in package.files}
    for title, packages, copies in groups:
        count = before = right = alone = exact = wrong = mistaken = shared = 0
        confidence, outcome = [], []
        for package in packages:
            for path, file in copies(package, rng):
                count += 1
                before += any(named(package, each) for each in old.predict(layer([(path, file)])).releases)
                said = model.predict(layer([(path, file)])).releases
                right += any(named(package, each) for each in said)
                alone += any(named(package, each) and not each.ties for each in said)
                wrong += any(not named(package, each) for each in said)
                exact += any(named(package, each) and each.versions == (package.version,) for each in said)
                is_mistaken = any(
                    named(package, each) and len(each.versions) == 1 and each.versions[0] != package.version
                    for each in said
                )
                mistaken += is_mistaken
                shared += is_mistaken and (package.name, file.hash) in taught
                confidence += [each.confidence for each in said]
                outcome += [f"{each.ecosystem}/{each.name}" == package.name for each in said]
        error = calibration_error(reliability_diagram(np.array(confidence), np.array(outcome, np.bool_)))
        table.add(
            title, count, share(before, count), share(right, count), share(alone, count), share(exact, count),
            wrong, mistaken, shared, f"{error:.3f}",
        )  # fmt: skip
    return table


def named(package: Package, said: ReleasePrediction) -> bool:
    return package.name in (f"{said.ecosystem}/{said.name}", *said.ties)


def decoy_table(model: Model, old: Model, known: Sequence[Package], rng: random.Random) -> Table:
    table = Table("decoys", "images", "before: named", "named")
    for title, decoys in (
        ("a learned program's path, another content", list(swapped(known, rng))),
        ("documents, licences and data at a program's path", list(trivial(known, rng))),
        ("empty and tiny files", [("usr/bin/x", File("", size, size + 1, runs=False)) for size in range(40)]),
    ):
        layers = [layer([decoy]) for decoy in decoys]
        table.add(
            title,
            len(layers),
            sum(bool(old.predict(each).releases) for each in layers),
            sum(bool(model.predict(each).releases) for each in layers),
        )
    return table


def swapped(known: Sequence[Package], rng: random.Random) -> Iterator[tuple[str, File]]:
    for package in known:
        programs = [file for file in package.files if file.runs]
        for file in rng.sample(programs, min(2, len(programs))):
            yield file.path, File(file.path, file.size, rng.getrandbits(63) | 1, runs=True)


def trivial(known: Sequence[Package], rng: random.Random) -> Iterator[tuple[str, File]]:
    words = ("copyright", "LICENSE", "README", ".txt", ".md", ".json", ".h", ".mo", ".gz", "__init__.py")
    for package in known:
        plain = [file for file in package.files if not file.runs and file.path.endswith(words)]
        for file in rng.sample(plain, min(2, len(plain))):
            yield rng.choice(PLACES).format("tool"), file


def version_table(
    model: Model, old: Model, known: Sequence[Package], untaught: Sequence[Package], rng: random.Random
) -> Table:
    table = Table(
        "the version is", "packages", "named", "version told", "right of these", "wrong", "before: right"
    )
    for title, packages in (("taught", known), ("not taught", untaught)):
        debs = [each for each in packages if each.path.suffix == ".deb" and any(f.runs for f in each.files)]
        count = there = told = right = before = 0
        for _ in range(1 if title == "taught" else 2):
            rng.shuffle(debs)
            for start in range(0, len(debs), 12):
                chosen = {each.name: each for each in debs[start : start + 12]}
                files = {f.path: f for each in chosen.values() for f in each.files}
                image = layer(files.items())
                said = {f"deb/{each.name}": each for each in model.predict(image).releases}
                was = {f"deb/{each.name}": each for each in old.predict(image).releases}
                for name, package in chosen.items():
                    count += 1
                    there += name in said
                    stated = said[name].versions if name in said else ()
                    told += len(stated) == 1
                    right += stated == (package.version,)
                    before += name in was and was[name].versions == (package.version,)
        table.add(
            title, count, share(there, count), told, share(right, told), told - right, share(before, count)
        )
    return table


def index_line(model: Model) -> str:
    (index,) = model.contents
    size = len(index.to_bytes())
    whole = sum(len(part.to_bytes()) for part in model.parts)
    return (
        f"The index has {len(index.hashes):,} contents in {size / 1e6:.2f} MB,"
        f" {size / max(len(index.hashes), 1):.0f} bytes each; the catalogue has {whole / 1e6:.1f} MB."
    )


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
