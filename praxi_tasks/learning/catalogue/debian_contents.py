"""Debian's Contents indexes: which path is in which package, for a whole archive.

``apt-file update`` fetches them. A line is a path and the packages that have it, ``section/name`` each,
separated by commas; versions, sizes and contents are not given. The format is that of
https://wiki.debian.org/DebianRepository/Format#A.22Contents.22_indices.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from praxi_tasks.discovery import Release
from praxi_tasks.ecosystems import DEB
from praxi_tasks.fingerprint import normalise_all
from praxi_tasks.learning.data import open_lines

ECOSYSTEM: Final = DEB.purl_type
MOST_ARCHIVE_FILES: Final = 5_000
"""How many files of a package are read back to train on; few packages have more."""
_LINE: Final = re.compile(
    rb"\S.*\s[a-z0-9.+/_-]+/[a-z0-9][a-z0-9.+-]+(?:,[a-z0-9.+/_-]+)*\s*$", re.IGNORECASE
)


def is_contents(path: Path) -> bool:
    """Return whether a file reads like a Contents index: by its lines, whatever it is called."""
    start = [line for line in islice(open_lines(path), 50) if line.strip()]
    fitting = sum(_LINE.match(line) is not None for line in start)
    return bool(start) and not start[0].lstrip().startswith(b"{") and fitting * 2 > len(start)


def read_packages(paths: Iterable[Path], wanted: Collection[str], most: int | None = None) -> list[Release]:
    """Return what some packages contain, of versions unknown; names are as in the index, without section.

    Parameters
    ----------
    most
        How many files of a package are read.
    """
    limit = math.inf if most is None else most
    names = {name.encode() for name in wanted}
    files: dict[bytes, list[str]] = {name: [] for name in sorted(names)}
    for path in paths:
        for line in open_lines(path):
            listed = line[line.rfind(b"/") + 1 :].rstrip() if b"," not in line else b""
            if listed and listed not in names:
                continue
            found, _, owners = line.rstrip().rpartition(b" ")
            for owner in owners.split(b","):
                if (name := owner.rpartition(b"/")[2]) in names and len(files[name]) < limit:
                    files[name].append(found.strip().decode("utf-8", "surrogateescape"))
    return [_release(name.decode(), listed_files) for name, listed_files in files.items() if listed_files]


def _release(name: str, paths: list[str]) -> Release:
    nothing = np.zeros(len(paths), np.uint64)
    unmeasured = np.zeros(len(paths), np.bool_)
    return Release(ECOSYSTEM, name, "", paths, normalise_all(paths), nothing, nothing, unmeasured)
