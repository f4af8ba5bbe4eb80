"""Building the index of contents: of the files that stand for a package on their own."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import (
    CORE,
    ContentIndex,
    Release,
    builds_of_size,
    run_bounds,
    run_indices,
)
from praxi_tasks.fingerprint import pack_texts

LEAST_SIZE: Final = 256
"""In bytes. Smaller programs are a line that starts another, and alike in many packages."""

_LEAST_BARE_SIZE: Final = 1024  # of a file below a package's folder whose name says nothing

_PROGRAM: Final = re.compile(r"(?:^|/)(?:s?bin|libexec|games|init\.d)/[^/]+$")
_LIBRARY: Final = re.compile(
    r"\.so(?:\.[0-9.]+)?$|\.(?:dll|exe|pyd|node|jar|war|wasm|ko|dylib|phar|whl|o|sh|pl|cgi|tcl)$|^site-packages/[^/]+\.py$"
)
_BARE: Final = re.compile(r"(?:^|/)(?:lib(?:32|64|exec)?|share)/(?:[^/]+/)+[^/.]+$")

# Copies of other packages' files, which show those and not the package that brings them.
_COPIED: Final = re.compile(
    r"(?:^|/)(?:[^/]*(?:vendor|third[_-]?party)[^/]*|extern(?:al|als)?|[^/]+\.libs|\.dylibs)/"
    r"|(?:^|/)node_modules/.*/node_modules/"
    r"|-[0-9a-f]{8}\.so(?:\.[0-9.]+)?$|-[0-9a-f]{8}(?:\.[0-9]+)*\.so"
    r"|/(?:locale|terminfo|zoneinfo|(?:common-)?licenses?|[Cc]ompletions?|(?:site|vendor)-functions)/"
)


_TEXT: Final = re.compile(
    r"/(?:readme|licen[cs]e|copying|copyright|notice|authors|news|change|todo|thanks|install$|history)[^/]*$",
    re.IGNORECASE,
)


def index_contents(releases: Iterable[Release]) -> ContentIndex:
    """Index the contents of releases; their order does not matter. One without a version is left out."""
    known = {(each.package, each.version): each for each in releases if each.version}
    identities = sorted(known)
    packages = sorted({package for package, _ in identities})
    number = {package: place for place, package in enumerate(packages)}
    hashes, numbers, paths = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)], list[str]()
    for place, identity in enumerate(identities):
        release = known[identity]
        rows = identifying(release)
        builds = release.build_ids.select(rows)
        built = rows[builds.rows]
        hashes += [release.hashes[rows], builds.ids, builds_of_size(builds.ids, release.sizes[built])]
        numbers.append(np.full(len(rows) + 2 * len(built), place, np.uint32))
        paths += [release.paths[row] for row in [*rows.tolist(), *built.tolist()]]
        paths += [""] * len(built)
    return _assembled(
        packages,
        [version for _, version in identities],
        np.array([number[package] for package, _ in identities], np.uint32),
        np.concatenate(hashes),
        np.concatenate(numbers),
        paths,
    )


def identifying(release: Release) -> NDArray[np.intp]:
    """Return the rows of the files that stand for a release on their own, ascending, shape ``(k,)``.

    Those are programs and libraries. A copy of another package's file, an empty or a tiny one shows nothing.
    """
    sized = release.measured & (release.sizes >= LEAST_SIZE) & (release.hashes != 0)
    works = np.isin(release.normalised.kinds, CORE)
    rows = np.flatnonzero(sized & works & ~release.normalised.derived)
    chosen = [
        row
        for row, size in zip(rows.tolist(), release.sizes[rows].tolist(), strict=True)
        if _identifies(release.paths[row], size)
    ]
    return np.array(chosen, np.intp)


def _identifies(path: str, size: int) -> bool:
    if _COPIED.search(path) or _TEXT.search(path):
        return False
    named = _PROGRAM.search(path) or _LIBRARY.search(path)
    return bool(named or (size >= _LEAST_BARE_SIZE and _BARE.search(path)))


def _assembled(
    packages: Sequence[str],
    versions: Sequence[str],
    release_packages: NDArray[np.uint32],
    hashes: NDArray[np.uint64],
    releases: NDArray[np.uint32],
    paths: Sequence[str],
) -> ContentIndex:
    """Return the index of files: of each its content, release and path, shape ``(files,)``."""
    order = np.lexsort((releases, hashes))
    hashes, releases = hashes[order], releases[order]
    again = np.zeros(len(order), np.bool_)
    again[1:] = hashes[1:] == hashes[:-1]
    double = again.copy()
    double[1:] &= releases[1:] == releases[:-1]
    group = np.cumsum(~again) - 1
    texts = [paths[at].encode("utf-8", "surrogateescape") for at in order[~again].tolist()]
    return ContentIndex(
        hashes=hashes[~again],
        holder_starts=run_bounds(np.bincount(group[~double], minlength=len(texts))),
        holders=releases[~double],
        path_starts=run_bounds([len(text) for text in texts]),
        paths=np.frombuffer(b"".join(texts), np.uint8),
        release_packages=release_packages,
        packages=pack_texts(list(packages)),
        versions=pack_texts(list(versions)),
        counts=np.array([len(packages), len(versions)], np.uint32),
    )


def index_without(index: ContentIndex, packages: Container[str]) -> ContentIndex:
    """Return an index without some packages; itself if it has none of them.

    Parameters
    ----------
    packages
        ``ecosystem/name``; unknown ones are ignored.
    """
    names = index.package_names
    stays = np.fromiter((name not in packages for name in names), np.bool_, len(names))
    if stays.all():
        return index
    contents = np.repeat(np.arange(len(index.hashes)), np.diff(index.holder_starts))
    left = stays[index.release_packages[index.holders]]
    counts = np.bincount(contents[left], minlength=len(index.hashes))
    retained = np.flatnonzero(counts)
    lengths = np.diff(index.path_starts)[retained]
    return ContentIndex(
        hashes=index.hashes[retained],
        holder_starts=run_bounds(counts[retained]),
        holders=index.holders[left],
        path_starts=run_bounds(lengths),
        paths=index.paths[run_indices(index.path_starts[retained], lengths)],
        release_packages=index.release_packages,
        packages=index.packages,
        versions=index.versions,
        counts=index.counts,
        pack=index.pack,
    )
