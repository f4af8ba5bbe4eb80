"""Unmounts what a builder left mounted, which would keep its folder from being deleted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from demo.commands import run

_ESCAPE: Final = re.compile(r"\\([0-7]{3})")


def mounts_below(folder: Path) -> list[Path]:
    """Return the mount points in a folder, inner ones first."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    points = {Path(_unescaped(line.split(" ")[1])) for line in lines}
    return sorted((point for point in points if folder.resolve() in point.parents), reverse=True)


def _unescaped(field: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 8)), field)


def unmount_below(folder: Path) -> None:
    """Unmount everything in a folder.

    Raises
    ------
    CommandError
        If something still works there.
    """
    for point in mounts_below(folder):
        run(["umount", point], root=True)
