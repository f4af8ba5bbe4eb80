"""Listing an npm tarball as the files that a global installation puts below ``node_modules``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from praxi_tasks.learning.data import NewPackage, StoredRelease
from praxi_tasks.learning.sources.tar_archive import list_tar

_NODE_MODULES: Final = "usr/local/lib/node_modules"


def list_tarball(tarball: Path, wanted: NewPackage) -> StoredRelease:
    """Return the release that an npm tarball installs; see :func:`list_tar` for errors."""
    home = f"{_NODE_MODULES}/{wanted.name}"
    with tarball.open("rb") as file:
        return list_tar(file, wanted, f"npm {tarball.name}", lambda path: _below(home, path))


def _below(home: str, path: str) -> str | None:
    """Return where npm puts a member: its first folder, whatever it is called, becomes the package's."""
    inside = re.sub(r"^[^/]+/", "", path, count=1)
    return f"{home}/{inside}" if inside != path else None
