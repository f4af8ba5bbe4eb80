"""The kinds of package records that are read; a new one is added here (see docs/new-ecosystem.md)."""

from __future__ import annotations

from typing import Final

from praxi_tasks.inventory.language import npm, python, yarn
from praxi_tasks.inventory.os import apk, chisel, dpkg, rpm, rpm_manifest
from praxi_tasks.inventory.reader import Reader

READERS: Final[tuple[Reader, ...]] = (
    dpkg.READER,
    chisel.READER,
    apk.READER,
    rpm.READER,
    rpm_manifest.READER,
    python.READER,
    npm.READER,
    yarn.READER,
)
"""Where two want to read the same file, the first does."""
