"""Which sources are asked for a release, and in what order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from praxi_tasks.errors import UsageError
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.fetching import check_site
from praxi_tasks.learning.sources.indexes import DebSource, NpmSource, PyPISource
from praxi_tasks.learning.sources.layers import LayerSource
from praxi_tasks.learning.sources.npm_registry import NpmRegistry
from praxi_tasks.learning.sources.simple_index import SimpleIndex
from praxi_tasks.store import Store

VARIABLE: Final = "PRAXI_LEARN_SOURCES"
PYPI: Final = "PRAXI_LEARN_PYPI_INDEX"
NPM: Final = "PRAXI_LEARN_NPM_REGISTRY"


def _pypi() -> Source:
    url = os.environ.get(PYPI, "")
    return SimpleIndex(check_site(url, PYPI)) if url else PyPISource()


def _npm() -> Source:
    url = os.environ.get(NPM, "")
    return NpmRegistry(check_site(url, NPM)) if url else NpmSource()


_MAKERS: Final[Mapping[str, Callable[[Store], Source]]] = {
    "layer": LayerSource,
    "pypi": lambda _: _pypi(),
    "deb": lambda _: DebSource(),
    "npm": lambda _: _npm(),
}


def choose_sources(store: Store) -> Sequence[Source]:
    """Return the sources that ``PRAXI_LEARN_SOURCES`` names, in its order; all of them by default.

    An index is asked directly where ``PRAXI_LEARN_PYPI_INDEX`` or ``PRAXI_LEARN_NPM_REGISTRY`` gives its
    address, and through pip or npm otherwise, as they are configured.

    Raises
    ------
    UsageError
        If it names one that there is not, or an address is none.
    """
    names = [name.strip() for name in os.environ.get(VARIABLE, ",".join(_MAKERS)).split(",") if name.strip()]
    unknown = sorted(set(names) - _MAKERS.keys())
    if unknown or not names:
        raise UsageError(
            "not sources of releases", where=f"{VARIABLE}={names}", action=f"use {', '.join(_MAKERS)}"
        )
    return [_MAKERS[name](store) for name in names]
