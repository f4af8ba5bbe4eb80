"""Releases to learn from, as lines of JSON: ``{"name", "version", "files": [[path, size, hash], …]}``.

A wheel's paths count from the folder that Python imports from; every other ecosystem's from the root of the
file system. ``ecosystem`` defaults to ``pypi``, sizes and hashes may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from praxi_tasks.discovery import Release
from praxi_tasks.ecosystems import PYPI, ecosystem_of
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint import normalise_all
from praxi_tasks.json_decoding import decoder as decoder_of
from praxi_tasks.learning.data.compressed_lines import open_lines

_WHEEL_DATA: Final = re.compile(r"^[^/]+\.data/(purelib|platlib|scripts|data|headers)/(.+)$")
_WHEEL_HOMES: Final = {
    "purelib": "site-packages",
    "platlib": "site-packages",
    "scripts": "usr/bin",
    "data": "usr",
    "headers": "usr/include",
}


class ReleaseFile(msgspec.Struct, frozen=True, array_like=True):
    """A file of a release: path, size in bytes (-1 if unknown), xxh3-64 of the content in hex or nothing."""

    path: str
    size: int = -1
    hash: str = ""


class ReleaseLine(msgspec.Struct, frozen=True):
    """A release as a line of JSON spells it."""

    name: str
    version: str
    files: list[ReleaseFile]
    ecosystem: str = PYPI.purl_type


def read_releases(path: Path) -> Iterator[Release]:
    """Yield the releases of a file of JSON lines, plain or compressed.

    Raises
    ------
    DataError
        If a line is not such a release; the message names the file and line.
    """
    decoder = decoder_of(ReleaseLine)
    for number, line in enumerate(open_lines(path), 1):
        if not line.strip():
            continue
        try:
            yield make_release(decoder.decode(line))
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"not a release: {error}", where=f"{path}:{number}", action="see praxi train --help"
            ) from error


def make_release(line: ReleaseLine) -> Release:
    """Turn one line into the release it describes.

    Raises
    ------
    ValueError
        If a size or hash is not a number.
    """
    paths = [installed_path(file.path, line.ecosystem) for file in line.files]
    return Release(
        ecosystem=line.ecosystem,
        name=ecosystem_of(line.ecosystem).normalise(line.name),
        version=line.version,
        paths=paths,
        normalised=normalise_all(paths),
        sizes=np.array([max(file.size, 0) for file in line.files], np.uint64),
        hashes=np.array([int(file.hash or "0", 16) for file in line.files], np.uint64),
        measured=np.array([file.size >= 0 for file in line.files], np.bool_),
    )


def installed_path(path: str, ecosystem: str) -> str:
    """Return where a release's path is installed, relative to the root; a wheel's is below site-packages."""
    if ecosystem != PYPI.purl_type or "site-packages/" in path or "dist-packages/" in path:
        return path.lstrip("/")
    if match := _WHEEL_DATA.match(path):
        return f"{_WHEEL_HOMES[match.group(1)]}/{match.group(2)}"
    return f"site-packages/{path.lstrip('/')}"


def names(releases: Iterable[Release]) -> set[tuple[str, str]]:
    """Return the packages that releases belong to."""
    return {(release.ecosystem, release.name) for release in releases}
