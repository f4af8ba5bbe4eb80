"""Real roots of Debian's suites without dpkg's database: names and versions, by the starter model.

    make model; python -m benchmarks.debian_versions [--model URI] [--suites bullseye bookworm …] [--seed 1]

mmdebstrap makes each root of some tools at random and all that they need, from the mirrors that apt is
configured for. An image has one layer: the root without dpkg's and apt's databases, and once more without
documents, as slim images are. Only root may make them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final

from benchmarks.discovery_data import ROOT
from benchmarks.report import Table, write_results

_TOOLS: Final = """
    apache2 bzip2 cmake cron curl dnsutils ffmpeg file fish gdb git gnuplot-nox graphviz haproxy htop
    imagemagick iproute2 jq less libblas-dev libfftw3-dev libhdf5-dev libxml2-utils logrotate man-db memcached
    nginx ninja-build nmap nodejs octave-common openssh-client php-cli postgresql-client procps python3-numpy
    python3-requests redis-server rsync ruby socat sqlite3 strace sudo supervisor tcpdump texlive-base tmux
    unzip valgrind vim wget xz-utils zsh zstd
""".split()  # noqa: SIM905 - a table of words
_DRAWN: Final = 8
_DATABASES: Final = r"\./var/(?:lib/(?:dpkg|apt)|cache)/"
_DOCUMENTS: Final = r"\./usr/share/(?:doc|man|locale|info|lintian)/"
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"


@dataclass(slots=True)
class Root:
    """A root file system's archive, the versions of its packages, and how many files each has."""

    archive: Path
    versions: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure names and versions in real roots of Debian.")
    parser.add_argument("--model", default=(ROOT / ".praxi/models/starter").as_uri())
    parser.add_argument("--suites", nargs="+", default=["bullseye", "bookworm", "trixie"])
    parser.add_argument("--roots", type=int, default=2, help="of each suite")
    parser.add_argument("--seed", type=int, default=1, help="draws what the roots have")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    table = Table(
        "suite", "what is deleted", "packages", "precision", "recall", "F1", "version told", "right", "wrong"
    )
    with tempfile.TemporaryDirectory(prefix="praxi-roots-") as folder:
        for suite in options.suites:
            roots = [make_root(suite, rng, Path(folder, f"{suite}-{n}.tar")) for n in range(options.roots)]
            for title, deleted in (
                ("databases", _DATABASES),
                ("and documents", f"{_DATABASES}|{_DOCUMENTS}"),
            ):
                _measure(suite, title, roots, re.compile(deleted), options.model, table)
    note = (
        f"{options.roots} roots of each suite of {_DRAWN} tools and all that they need, the starter model. A "
        "package counts if a file of it is left besides documents. Told: one version or several that tie; "
        "right: the package's is among them."
    )
    write_results("debian_versions", "Real roots of Debian without its database", table, note)


def make_root(suite: str, rng: random.Random, archive: Path) -> Root:
    """Install some packages into a new root, and read what dpkg says of it."""
    include = ",".join(rng.sample(_TOOLS, _DRAWN))
    words = ["mmdebstrap", "--mode=root", "--variant=minbase", "--quiet", f"--include={include}"]
    subprocess.run([*words, suite, str(archive)], check=True)
    root = Root(archive)
    with tarfile.open(archive) as members:
        for member in members:
            if member.name == "./var/lib/dpkg/status":
                text = _text(members, member)
                stanzas = [HeaderParser().parsestr(stanza) for stanza in text.split("\n\n") if stanza.strip()]
                root.versions = {one["Package"]: one["Version"] for one in stanzas}
            elif match := re.fullmatch(r"\./var/lib/dpkg/info/([^:]+?)(?::\w+)?\.list", member.name):
                root.files[match[1]] = _text(members, member).split("\n")
    return root


def _text(members: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = members.extractfile(member)
    return file.read().decode() if file else ""


def _measure(
    suite: str, title: str, roots: Sequence[Root], deleted: re.Pattern[str], model: str, table: Table
) -> None:
    right = wrong = missed = told = true = false = 0
    for root in roots:
        named = audit(root.archive, deleted, model)
        there = _left(root, deleted)
        right += len(named.keys() & root.versions.keys())
        wrong += len(named.keys() - root.versions.keys())
        missed += len(there - named.keys())
        stated = [
            (root.versions[name], named[name]) for name in named.keys() & root.versions.keys() if named[name]
        ]
        told += len(stated)
        true += sum(version in versions for version, versions in stated)
        false += sum(version not in versions for version, versions in stated)
        print(suite, title, "+", *sorted(named.keys() - root.versions.keys()), file=sys.stderr)
        print(suite, title, "-", *sorted(there - named.keys()), file=sys.stderr)
    f1 = 2 * right / max(2 * right + wrong + missed, 1)
    shares = right / max(right + wrong, 1), right / max(right + missed, 1), f1, true / max(told, 1)
    table.add(
        suite, title, right + missed, *(f"{one:.4f}" for one in shares[:3]), told, f"{shares[3]:.4f}", false
    )


def _left(root: Root, deleted: re.Pattern[str]) -> set[str]:
    """Return the packages of which a file is left that is no document; folders count for nobody."""
    with tarfile.open(root.archive) as members:
        files = {member.name for member in members if not member.isdir()}
    gone = re.compile(f"{deleted.pattern}|{_DOCUMENTS}")
    return {
        name
        for name, paths in root.files.items()
        if any(f".{path}" in files and not gone.match(f".{path}") for path in paths)
    }


def audit(archive: Path, deleted: re.Pattern[str], model: str) -> dict[str, list[str]]:
    """Return the packages that an audit names in a root of which some files were deleted, with versions."""
    with tempfile.TemporaryDirectory(prefix="praxi-root-") as folder:
        layout = Path(folder)
        write_image(archive, deleted, layout)
        words = [sys.executable, "-m", "praxi_tasks", "audit", f"oci:{layout}:it", "--format", "json"]
        done = subprocess.run([*words, "--model", model], capture_output=True, check=True, cwd=ROOT)
    components = json.loads(done.stdout)[0]["components"]
    return {each["name"]: each["versions"] for each in components if each["ecosystem"] == "deb"}


def write_image(archive: Path, deleted: re.Pattern[str], layout: Path) -> None:
    """Write an image of one layer: an archive's members but for those that are deleted."""
    blobs = layout / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    with tarfile.open(archive) as members, tarfile.open(layout / "layer", "w") as layer:
        for member in members:
            if not deleted.match(member.name):
                layer.addfile(member, members.extractfile(member) if member.isreg() else None)
    with (layout / "layer").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = (layout / "layer").rename(blobs / digest).stat().st_size

    def put(document: dict[str, Any], kind: str) -> dict[str, Any]:
        data = json.dumps(document).encode()
        name = hashlib.sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}

    root = {"type": "layers", "diff_ids": [f"sha256:{digest}"]}
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": root}
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": put(config, "application/vnd.oci.image.config.v1+json"),
        "layers": [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "digest": f"sha256:{digest}",
                "size": size,
            }
        ],
    }
    listed = put(manifest, _MANIFEST) | {"annotations": {"org.opencontainers.image.ref.name": "it"}}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [listed]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


if __name__ == "__main__":
    main()
