"""The kinds of package records that are read; a new one is added here (see docs/new-ecosystem.md)."""

from __future__ import annotations

from typing import Final

from praxi_tasks.inventory.language import npm, python
from praxi_tasks.inventory.os import apk, dpkg, rpm
from praxi_tasks.inventory.reader import Reader

READERS: Final[tuple[Reader, ...]] = (
    dpkg.READER,
    apk.READER,
    rpm.READER,
    python.READER,
    npm.READER,
)
"""Where two want to read the same file, the first does."""
