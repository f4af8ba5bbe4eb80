"""Which program reads a model: predictions of another one are not taken for its own."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

ENGINE: Final = 2
"""Raised by hand when predictions change for a reason that the code below does not hold: a library, say."""

_DECIDING: Final = {"praxi_tasks.discovery": "", "praxi_tasks.fingerprint": "paths.py"}


@cache
def engine() -> str:
    """Return the version of the code that decides what a model predicts: its number, and a hash of the code.

    Where only compiled code is installed, the number alone counts.
    """
    digest = hashlib.sha256()
    for package, only in _DECIDING.items():
        found = (file for file in files(package).iterdir() if file.name.endswith(only or ".py"))
        for file in sorted(found, key=lambda file: file.name):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{ENGINE}.{digest.hexdigest()[:8]}"
