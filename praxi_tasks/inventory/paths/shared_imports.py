"""Imports that few use and some projects of PyPI share; ``scripts/shared_imports.py`` makes the table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

SHARED_IMPORTS: Final = "shared_imports.tsv"


def shared_with(name: str) -> tuple[str, ...] | None:
    """Return the distributions that install an import beside the one that is called as it.

    None where no others are known, and none of them where too many are, or that one does not install it.
    """
    others = _rows().get(name)
    return None if others is None else tuple(others.split())


@cache
def _rows() -> Mapping[str, str]:
    text = (resources.files(__package__) / SHARED_IMPORTS).read_text("utf-8")
    pairs = (line.partition("\t") for line in text.splitlines())
    return {name: others for name, _, others in pairs}
