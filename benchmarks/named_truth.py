"""What is in the folders that `named_software` fills, by those who filled them, and by no scanner's output.

Packages of Python's index: what the installer says it installed (`uv pip list`), and for the crates in some
wheels the `Cargo.lock` in the source release of the same version. npm's: the list of what it installed that
`npm install` wrote. Debian's: the control fields of the archives that were unpacked, with the releases that
each was built from (`Built-Using`, `Static-Built-Using`, `X-Cargo-Built-Using`) and those it provides; of
Erlang the folders that applications are installed into. Of anything else, such as crates in a program from
npm, nobody tells: whether a name is true is then not known.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.layer_throughput import ROOT

Pair: TypeAlias = tuple[str, str]
"""A name and a version, as :func:`pair` compares them."""

UV: Final = ROOT / ".venv/bin/uv"
# Wheels that hold programs or libraries of Rust, and whose source releases have a lock file.
CRATES: Final = ("polars", "rpds-py", "ruff", "uv", "maturin", "cryptography", "pydantic-core", "orjson",
                 "rfc3987-syntax", "keyring", "safetensors", "tokenizers", "polars-runtime-32")  # fmt: skip
FIELDS: Final = ("Package", "Version", "Source", "Provides", "Built-Using", "Static-Built-Using",
                 "X-Cargo-Built-Using")  # fmt: skip
OTP: Final = "**/*-*/ebin"
_RELEASE: Final = re.compile(r"([a-z0-9][a-z0-9+.-]+) \(= ?([^)]+)\)")
_SOURCE: Final = re.compile(r"([a-z0-9][a-z0-9+.-]+)(?: \(([^)]+)\))?")
# What Debian puts before and behind the name of a release in another registry.
_AROUND: Final = re.compile(
    r"(?:r-cran-|r-bioc-|ruby-|php-|node-|python3-|erlang-|rust-|golang-|libghc-|lib)(.+?)(?:-dev|-java|-perl|-ruby)?"
)
_NUMBERED: Final = re.compile(r"(.+?)-?\d+(?:\.\d+)*")


def pair(name: str, version: str) -> Pair:
    """Return what a name and a version have in common however they are written."""
    return re.sub(r"[-_.]+", "-", short(name)), bare(version)


def bare(version: str) -> str:
    """Return a version without what makes it no other one."""
    found = version.removeprefix("go").removeprefix("v").partition("+")[0]
    return found.removesuffix(".0") if found.count(".") == 3 else found


def short(name: str) -> str:
    """Return a name without its group, scope or path."""
    return name.lower().rpartition("/")[2].rpartition(":")[2]


def truth(kind: str, cache: Path) -> frozenset[Pair]:
    """Return the releases that a kind's folder has, by who put them there."""
    root = cache / kind
    if (root / "opt/venv").exists():
        found = [*_of_python(root / "opt/venv", cache)]
    elif (listing := root / "node_modules/.package-lock.json").exists():
        found = [*_of_npm(listing)]
    else:
        archives = sorted((cache / f"{kind}.debs").glob("*.deb"))
        found = [release for archive in archives for release in _of_debian(archive)]
    return frozenset(pair(*release) for release in (*found, *_of_erlang(root)))


def _of_python(environment: Path, cache: Path) -> Iterator[Pair]:
    words = [UV, "pip", "list", "--format", "json", "--python", environment / "bin/python"]
    for each in json.loads(_output(words)):
        yield each["name"], each["version"]
        if each["name"] in CRATES:
            yield from _crates(each["name"], each["version"], cache / "sources")


def _crates(name: str, version: str, cache: Path) -> Iterator[Pair]:
    """Yield what the lock file in a source release pins; uv keeps the source that it may not build."""
    words = [UV, "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-binary", name]
    words += ["--python", sys.executable, "--target", cache / "none", f"{name}=={version}"]
    kept = f"sdists-v*/pypi/{name}/{version}/*/src/**/Cargo.lock"
    if not any(cache.glob(kept)):
        environment = {**os.environ, "UV_CACHE_DIR": str(cache)}
        subprocess.run([*map(str, words)], check=False, capture_output=True, env=environment)
    for lock in cache.glob(kept):
        for each in tomllib.loads(lock.read_text())["package"]:
            yield each["name"], each["version"]


def _of_npm(listing: Path) -> Iterator[Pair]:
    for path, each in json.loads(listing.read_bytes())["packages"].items():
        yield each.get("name") or path.rpartition("node_modules/")[2], each["version"]


def _of_debian(archive: Path) -> Iterator[Pair]:
    lines = _output(["dpkg-deb", "-f", archive, *FIELDS]).splitlines()
    fields = dict(line.partition(": ")[::2] for line in lines)
    named = [(fields["Package"], fields["Version"])]
    if source := _SOURCE.fullmatch(fields.get("Source", "")):
        named.append((source[1], source[2] or fields["Version"]))
    for field in FIELDS[3:]:
        named += _RELEASE.findall(fields.get(field, ""))
    for name, version in named:
        for form in _forms(name):
            yield form, upstream(version)
            yield form, version.partition(":")[2] or version


def _forms(name: str) -> Iterator[str]:
    """Yield the names that a package of Debian may have elsewhere."""
    for one in (name, (found := _AROUND.fullmatch(name)) and found[1]):
        if one:
            yield one
            if numbered := _NUMBERED.fullmatch(one):
                yield numbered[1]


def upstream(version: str) -> str:
    """Return the version that a version of Debian's packs.

    Examples
    --------
    >>> upstream("5:7.0.15-1~deb12u1"), upstream("0.80.really.0.7.6-1"), upstream("1.63.0+dfsg1-2")
    ('7.0.15', '0.7.6', '1.63.0')
    """
    bare = version.partition(":")[2] or version
    bare = bare.rpartition("-")[0] or bare
    return re.split(r"[+~]|\.dfsg", bare.rpartition("really.")[2])[0]


def _of_erlang(root: Path) -> Iterator[Pair]:
    for folder in root.glob(OTP):
        name, _, version = folder.parent.name.rpartition("-")
        yield name, version


def _output(words: Iterable[object]) -> str:
    return subprocess.run([*map(str, words)], check=True, capture_output=True, text=True).stdout
