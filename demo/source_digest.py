"""A digest of the project's code: what was made by, or still runs, older code is not reused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent


def code_of(*folders: str) -> list[Path]:
    """Return the Python files of some of the project's folders."""
    return [path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py"))]


def digest_of(files: Iterable[Path]) -> str:
    """Return a hash of the contents of some files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
