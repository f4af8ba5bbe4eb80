"""Folders that containers see into, whoever they run as."""

from __future__ import annotations

from pathlib import Path


def open_to_containers(folder: Path) -> None:
    """Let everybody look into a folder of pytest's and the two above it, which it keeps to its user.

    What they allow already, they go on to allow: one of them may be the system's own.
    """
    for part in (folder, *folder.parents[:2]):
        part.chmod(part.stat().st_mode | 0o055)
