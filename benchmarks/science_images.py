"""Virtual environments that uv installed, as layers: whole, slim, compiled, doubled, with look-alikes."""

from __future__ import annotations

import hashlib
import os
import py_compile
import random
import subprocess
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from packaging.utils import canonicalize_name
from packaging.version import Version
from xxhash import xxh3_64_intdigest

from benchmarks.discovery_data import ROOT
from benchmarks.wheel_index import Wheel
from praxi_tasks.fingerprint import PathKind, Tagset, normalise_all, published_content
from tests.support.layers import changeset, member

PREFIXES: Final = ("opt/venv", "usr/local", "app/.venv", "home/jovyan/env", "opt/conda")
PAPERS: Final = (PathKind.METADATA, PathKind.DOC, PathKind.MAN, PathKind.LOCALE, PathKind.TEST)
_MOST: Final = 120
_TIMED: Final = py_compile.PycInvalidationMode.TIMESTAMP


class File(NamedTuple):
    """A file: its size, the xxh3-64 of its content, and the releases whose RECORD lists it.

    ``compiled`` is what its byte code has instead of both in a tagset, of a module; ``published`` its content
    as RECORD lists it.
    """

    size: int
    hash: int
    owners: tuple[tuple[str, str], ...] = ()
    compiled: tuple[int, int] = (0, 0)
    published: int = 0


class Layer(NamedTuple):
    """A layer, and for each package that left a file besides metadata its versions in it."""

    tagset: Tagset
    truth: Mapping[str, frozenset[str]]


Files = Mapping[str, File]


def draw(packages: Mapping[str, Sequence[Wheel]], rng: random.Random) -> list[Wheel]:
    """Draw some packages, each in one of its versions, and all they require that is there."""
    wanted = rng.sample(list(packages), rng.randint(2, 10))
    chosen: dict[str, Wheel] = {}
    while wanted and len(chosen) < _MOST:
        name = wanted.pop(0)
        if name in packages and name not in chosen:
            chosen[name] = rng.choice(packages[name])
            wanted += sorted(chosen[name].requires)
    return list(chosen.values())


def install(wheels: Sequence[Wheel], folder: Path, cache: Path) -> Path:
    """Install wheels into a new virtual environment, without what they require."""
    uv = str(ROOT / ".venv/bin/uv")
    environment = os.environ | {"UV_CACHE_DIR": str(cache)}
    _run([uv, "venv", "-q", "--python", "3.11", str(folder)], environment)
    words = [uv, "pip", "install", "-q", "--no-deps", "--no-index", "--link-mode", "hardlink"]
    _run([*words, "--python", str(folder / "bin/python"), *(str(each.path) for each in wheels)], environment)
    return folder


def _run(words: Sequence[str], environment: Mapping[str, str] | None) -> None:
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:4])} failed: {done.stderr[-800:]}")


class Reader:
    """Reads environments; files that several share by hard links are hashed and compiled once."""

    def __init__(self) -> None:
        self._hashes: dict[tuple[int, int], tuple[int, int]] = {}
        self._compiled: dict[tuple[int, int], tuple[int, int]] = {}

    def files(self, environment: Path) -> dict[str, File]:
        """Return the regular files of an environment by their path in it."""
        owners = _owners(environment)
        places: dict[str, Path] = {}
        for folder, _, names in os.walk(environment):
            for path in (Path(folder, name) for name in names):
                if not path.is_symlink() and path.is_file():
                    places[path.relative_to(environment).as_posix()] = path
        self._compile(places)
        return {
            place: File(
                path.stat().st_size,
                hashed,
                tuple(owners.get(place, ())),
                self._compiled.get(_key(path), (0, 0)),
                published,
            )
            for place, path in places.items()
            for hashed, published in (self._hash(path),)
        }

    def _hash(self, path: Path) -> tuple[int, int]:
        key = _key(path)
        if key not in self._hashes:
            content = path.read_bytes()
            listed = published_content(hashlib.sha256(content).digest())
            self._hashes[key] = xxh3_64_intdigest(content), listed
        return self._hashes[key]

    def _compile(self, places: Mapping[str, Path]) -> None:
        """Note what a layer's tagset has of the byte code of some modules; of what is no Python, nothing."""
        new = {
            f"{place}c": path
            for place, path in places.items()
            if place.endswith(".py") and _key(path) not in self._compiled
        }
        made = {place: content for place, path in new.items() if (content := _byte_code(path))}
        tagset = Tagset.from_changeset(changeset(member(*each) for each in made.items()))
        for place, size, version in zip(
            tagset.paths, tagset.sizes.tolist(), tagset.hashes.tolist(), strict=True
        ):
            self._compiled[_key(new[place])] = size, version


def _key(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_ino, state.st_mtime_ns


def _byte_code(path: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="praxi-compiled-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = py_compile.compile(str(path), f"{folder}/it.pyc", doraise=True, invalidation_mode=_TIMED)
        except (py_compile.PyCompileError, ValueError, RecursionError):
            return b""
        return Path(made or "").read_bytes()


def _owners(environment: Path) -> dict[str, list[tuple[str, str]]]:
    owners: dict[str, list[tuple[str, str]]] = {}
    for record in sorted(environment.glob("lib/python3*/site-packages/*.dist-info/RECORD")):
        name, _, version = record.parent.name.removesuffix(".dist-info").rpartition("-")
        site = record.parent.parent
        for line in record.read_text().splitlines():
            path = os.path.normpath(site / line.rsplit(",", 2)[0].strip('"'))
            place = os.path.relpath(path, environment)
            owners.setdefault(place, []).append((str(canonicalize_name(name)), str(Version(version))))
    return owners


def without(files: Files, kinds: Iterable[PathKind]) -> dict[str, File]:
    """Return the files that are of none of some kinds."""
    paths = list(files)
    gone = np.isin(normalise_all(paths).kinds, list(kinds))
    return {path: files[path] for path, left in zip(paths, (~gone).tolist(), strict=True) if left}


def byte_code_only(files: Files) -> dict[str, File]:
    """Return the files with byte code in each module's place, as ``compileall -b`` leaves it."""
    found: dict[str, File] = {}
    for path, file in files.items():
        if path.endswith(".py"):
            size, version = file.compiled
            found[f"{path}c"] = file._replace(size=size, hash=version, published=0)
        else:
            found[path] = file
    return found


def look_alikes(releases: Sequence[Files], rng: random.Random) -> dict[str, File]:
    """Return files at the paths of some releases with other contents, which are of nobody."""
    return {
        path: File(rng.randrange(1, 90_000), rng.getrandbits(63) | 1)
        for files in releases
        for path, file in files.items()
        if file.owners
    }


def layer(places: Mapping[str, Files]) -> Layer:
    """Lay environments out below prefixes, ``opt/venv`` say."""
    rows: dict[str, File] = {}
    for prefix, files in places.items():
        rows |= {f"{prefix}/{path}": file for path, file in files.items()}
    paths = list(rows)
    tagset = Tagset(
        "sha256:" + "0" * 64,
        paths,
        normalise_all(paths),
        np.array([file.size for file in rows.values()], np.uint64),
        np.array([file.hash for file in rows.values()], np.uint64),
        np.ones(len(paths), np.bool_),
        published=np.array([file.published for file in rows.values()], np.uint64),
    )
    return Layer(tagset, _truth(tagset, list(rows.values())))


def _truth(tagset: Tagset, files: Sequence[File]) -> dict[str, frozenset[str]]:
    truth: dict[str, frozenset[str]] = {}
    shown = (tagset.normalised.kinds != PathKind.METADATA).tolist()
    for name, version in _shown(files, shown):
        truth[f"pypi/{name}"] = truth.get(f"pypi/{name}", frozenset()) | {version}
    return truth


def _shown(files: Sequence[File], shown: Sequence[bool]) -> Iterator[tuple[str, str]]:
    for file, counts in zip(files, shown, strict=True):
        if counts:
            yield from file.owners
