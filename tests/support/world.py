"""A small world of made-up software: enough releases to train a model in a second."""

from __future__ import annotations

from functools import cache

import numpy as np

from praxi_tasks.discovery import Model, Release
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis import Files, merge_files
from praxi_tasks.learning.training import make_scorer

PACKAGES = 24
VERSIONS = ("1.0", "1.1", "2.0")


def release(name: str, version: str, modules: int = 12) -> Release:
    """Make a release whose module 0 differs in every version, and whose others do in the last one."""
    last = version == VERSIONS[-1]
    files = [
        ReleaseFile(
            f"{name}/module{number}.py",
            100 + number + (len(name) if number else 10 * VERSIONS.index(version)),
            f"{hash_of(f'{name}{number}{version if not number or last else 0}'):016x}",
        )
        for number in range(modules + last)
    ]
    files.append(ReleaseFile(f"{name}-{version}.dist-info/METADATA", 500, "ab"))
    return make_release(ReleaseLine(name, version, files))


def hash_of(text: str) -> int:
    from xxhash import xxh3_64_intdigest

    return xxh3_64_intdigest(text.encode())


@cache
def releases() -> tuple[Release, ...]:
    """Return every version of every package of the world."""
    return tuple(
        release(f"package{'abcdefghijklmnopqrstuvwxyz'[number]}", version, 6 + number)
        for number in range(PACKAGES)
        for version in VERSIONS
    )


@cache
def model() -> Model:
    """Train a model of the world."""
    scorer = make_scorer((), None, releases(), np.random.default_rng(1))
    return Model([build_catalogue(releases())], scorer)


def find(name: str, version: str) -> Release:
    """Return one release of the world."""
    return next(one for one in releases() if (one.name, one.version) == (name, version))


def layer(*parts: Files, digest: str = "sha256:" + "1" * 64) -> Tagset:
    """Put files into a layer."""
    return merge_files(parts, digest)


def plain(*paths: str) -> Files:
    """Return files of which nothing but the path is remarkable."""
    count = len(paths)
    sizes = np.arange(1, count + 1, dtype=np.uint64)
    return Files(list(paths), sizes, sizes * np.uint64(7919), np.ones(count, np.bool_))
