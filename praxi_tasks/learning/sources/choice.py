"""Which sources are asked for a release, and in what order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.indexes import DebSource, NpmSource, PyPISource
from praxi_tasks.learning.sources.layers import LayerSource
from praxi_tasks.store import Store

VARIABLE: Final = "PRAXI_LEARN_SOURCES"
_MAKERS: Final[Mapping[str, Callable[[Store], Source]]] = {
    "layer": LayerSource,
    "pypi": lambda _: PyPISource(),
    "deb": lambda _: DebSource(),
    "npm": lambda _: NpmSource(),
}


def choose_sources(store: Store) -> Sequence[Source]:
    """Return the sources that ``PRAXI_LEARN_SOURCES`` names, in its order; all of them by default.

    Raises
    ------
    UsageError
        If it names one that there is not.
    """
    names = [name.strip() for name in os.environ.get(VARIABLE, ",".join(_MAKERS)).split(",") if name.strip()]
    unknown = sorted(set(names) - _MAKERS.keys())
    if unknown or not names:
        raise UsageError(
            "not sources of releases", where=f"{VARIABLE}={names}", action=f"use {', '.join(_MAKERS)}"
        )
    return [_MAKERS[name](store) for name in names]
